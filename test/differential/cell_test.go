package differential

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss"
	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/credentials"
	"github.com/ingest-dev/ingest/devstore"
	"github.com/ingest-dev/ingest/devstore/fault"
	"github.com/ingest-dev/ingest/internal/faultproxy"
)

const (
	bucket = "trial"
	region = "cn-hangzhou"
	key    = "folder/object"

	keyID  = "differential"
	secret = "canary-of-the-secret-key"
	token  = "canary-of-the-security-token"
)

// cell is one client in one scenario: a store of its own, and a file.
type cell struct {
	*testing.T
	client   client
	scenario scenario

	dir, file, checkpoint string
	script                *fault.Script
	tally                 *tally
	proxy                 *faultproxy.Proxy
	foreign               *foreign
	objects               *oss.Client // past the proxy; what it asks for is struck as well
	process               *os.Process // of the client, while it runs
	valid                 [][]byte    // what the object may be: what the file is, or was during the run
	struck                bool        // something went wrong, or there was nothing that could
}

func newCell(t *testing.T, c client, s scenario) *cell {
	t.Helper()
	dir := t.TempDir()
	e := &cell{
		T: t, client: c, scenario: s, dir: dir, script: fault.NewScript(1), foreign: newForeign(t, token),
		file: filepath.Join(dir, "source", filepath.Base(key)), checkpoint: filepath.Join(dir, "checkpoint"),
	}
	for _, d := range []string{filepath.Dir(e.file), e.checkpoint, filepath.Join(dir, "home"), filepath.Join(dir, "tmp")} {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	e.valid = [][]byte{content(s.size, 1)}
	if err := os.WriteFile(e.file, e.valid[0], 0o600); err != nil {
		t.Fatal(err)
	}
	e.open()
	return e
}

// open opens the store, with an older object under the key.
func (c *cell) open() {
	c.Helper()
	store, err := devstore.New(devstore.Options{
		Dir: filepath.Join(c.dir, "store"), Buckets: []string{bucket}, NoSync: true, Faults: c.script,
		AccessKeyID: keyID, AccessKeySecret: secret, SessionToken: token,
	})
	if err != nil {
		c.Fatal(err)
	}
	c.tally = &tally{next: store}
	server := httptest.NewServer(c.tally)
	if c.proxy, err = faultproxy.New(server.Listener.Addr().String()); err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() {
		_ = c.proxy.Close()
		server.CloseClientConnections()
		server.Close()
		_ = store.Close()
	})
	c.objects = oss.NewClient(oss.LoadDefaultConfig().WithRegion(region).WithEndpoint(server.URL).
		WithCredentialsProvider(credentials.NewStaticCredentialsProvider(keyID, secret, token)))
	_, err = c.objects.PutObject(c.Context(), &oss.PutObjectRequest{
		Bucket: oss.Ptr(bucket), Key: oss.Ptr(key), Body: bytes.NewReader(older),
	})
	if err != nil {
		c.Fatal(err)
	}
	c.tally.bytes = 0
}

// older is the object before.
var older = []byte("an older object\n")

func (c *cell) task() task {
	return task{
		Endpoint: c.proxy.URL(), Region: region, Bucket: bucket, ID: keyID, Secret: secret, Token: token,
		File: c.file, Key: key, Checkpoint: c.checkpoint, PartSize: partSize, Parallel: parallel, Debug: c.scenario.debug,
	}
}

// object returns what is in the store now; nil if nothing is. There are no faults any more.
func (c *cell) object() []byte {
	c.Helper()
	r, err := c.objects.GetObject(c.Context(), &oss.GetObjectRequest{Bucket: oss.Ptr(bucket), Key: oss.Ptr(key)})
	if e, ok := errors.AsType[*oss.ServiceError](err); ok && e.StatusCode == http.StatusNotFound {
		return nil
	}
	if err != nil {
		c.Fatal(err)
	}
	defer r.Body.Close()
	data, err := io.ReadAll(r.Body)
	if err != nil {
		c.Fatal(err)
	}
	return data
}

// uploads returns the ids of the open uploads.
func (c *cell) uploads(ctx context.Context) (ids []string, err error) {
	r, err := c.objects.ListMultipartUploads(ctx, &oss.ListMultipartUploadsRequest{Bucket: oss.Ptr(bucket)})
	if err != nil {
		return nil, err
	}
	for _, u := range r.Uploads {
		ids = append(ids, oss.ToString(u.UploadId))
	}
	return ids, nil
}

// abortUploads is the store's lifecycle rule.
func (c *cell) abortUploads(ctx context.Context) error {
	ids, err := c.uploads(ctx)
	for _, id := range ids {
		_, aborted := c.objects.AbortMultipartUpload(ctx, &oss.AbortMultipartUploadRequest{
			Bucket: oss.Ptr(bucket), Key: oss.Ptr(key), UploadId: &id,
		})
		err = errors.Join(err, aborted)
	}
	return err
}

// kept calls f with the checkpoint's files.
func (c *cell) kept(f func(path string, data []byte, mode os.FileMode)) {
	c.Helper()
	entries, err := os.ReadDir(c.checkpoint)
	if err != nil {
		c.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || strings.HasSuffix(e.Name(), ".lock") {
			continue
		}
		path := filepath.Join(c.checkpoint, e.Name())
		data, err := os.ReadFile(path)
		if err != nil {
			c.Fatal(err)
		}
		f(path, data, info.Mode())
	}
}

func (c *cell) String() string { return fmt.Sprintf("%s: %s", c.client.name, c.scenario.name) }
