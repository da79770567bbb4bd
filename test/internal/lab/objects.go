package lab

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss"
	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/credentials"
)

// objects reads what a store holds, by means that are not ours.
type objects interface {
	get(ctx context.Context, key string) ([]byte, error)
	// uploads returns what is begun below a prefix and not finished.
	uploads(ctx context.Context, prefix string) ([]string, error)
	// remove removes objects; that of one that is not there is none the worse.
	remove(ctx context.Context, keys []string) error
}

// client reads the embedded store, in whichever dialect it was written to, with alibabacloud-oss-go-sdk-v2, past
// whatever is in front of it.
type client struct{ *oss.Client }

func (l *Lab) client() objects {
	return client{oss.NewClient(oss.LoadDefaultConfig().WithRegion(region).WithEndpoint(l.direct).
		WithCredentialsProvider(credentials.NewStaticCredentialsProvider(l.keys.id, l.keys.secret, l.keys.token)))}
}

func (c client) get(ctx context.Context, key string) ([]byte, error) {
	o, err := c.GetObject(ctx, &oss.GetObjectRequest{Bucket: oss.Ptr(bucket), Key: oss.Ptr(key)})
	if err != nil {
		return nil, err
	}
	defer o.Body.Close()
	return io.ReadAll(o.Body)
}

func (c client) uploads(ctx context.Context, prefix string) ([]string, error) {
	list, err := c.ListMultipartUploads(ctx, &oss.ListMultipartUploadsRequest{Bucket: oss.Ptr(bucket), Prefix: oss.Ptr(prefix)})
	if err != nil {
		return nil, err
	}
	var open []string
	for _, u := range list.Uploads {
		open = append(open, oss.ToString(u.Key)+" "+oss.ToString(u.UploadId))
	}
	return open, nil
}

// mostRemoved is how many objects a request may remove.
const mostRemoved = 1000

func (c client) remove(ctx context.Context, keys []string) error {
	for some := range slices.Chunk(keys, mostRemoved) {
		var objects []oss.DeleteObject
		for _, key := range some {
			objects = append(objects, oss.DeleteObject{Key: oss.Ptr(key)})
		}
		_, err := c.DeleteMultipleObjects(ctx, &oss.DeleteMultipleObjectsRequest{Bucket: oss.Ptr(bucket), Objects: objects})
		if err != nil {
			return err
		}
	}
	return nil
}

// directory reads a store that is one. Its prefixes are folders.
type directory string

// staging is where such a store keeps what is not finished.
const staging = ".ingest"

func (d directory) get(_ context.Context, key string) ([]byte, error) {
	return os.ReadFile(filepath.Join(string(d), key))
}

// uploads returns the folders of uploads that are open: they have both their meta and their data.
func (d directory) uploads(_ context.Context, prefix string) ([]string, error) {
	folders, err := filepath.Glob(filepath.Join(string(d), prefix, staging, "*"))
	return slices.DeleteFunc(folders, func(folder string) bool {
		_, noMeta := os.Stat(filepath.Join(folder, "meta"))
		_, noData := os.Stat(filepath.Join(folder, "data"))
		return noMeta != nil || noData != nil
	}), err
}

func (d directory) remove(_ context.Context, keys []string) error {
	for _, key := range keys {
		if err := os.Remove(filepath.Join(string(d), key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
