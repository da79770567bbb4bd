package bulk

import (
	"context"
	"github.com/ingest-dev/ingest/test/internal/gateway"
	"io"
	"path/filepath"
	"testing"

	"github.com/ingest-dev/ingest/test/internal/emulator"
	"github.com/ingest-dev/ingest/test/internal/judge"
)

// store is where the job goes, what the program needs to know for that, and how others read it.
type store struct {
	others
	url    string
	prefix string // of every key
	env    []string
	secret string // must be seen nowhere
}

// others read what a store holds, by means that are not ours.
type others interface {
	// open returns an object's bytes, to be closed.
	open(ctx context.Context, key string) (io.ReadCloser, error)
	// keys returns the keys of all objects.
	keys(ctx context.Context) ([]string, error)
	// uploads returns what is begun and not finished.
	uploads(ctx context.Context) ([]string, error)
}

const prefix = "bulk/"

func ossOnDevstore(t *testing.T) store {
	a := emulator.Start(t, false)
	return store{
		others: newOSS(a), url: "oss://" + a.Bucket + "/" + prefix, prefix: prefix, secret: a.Secret,
		env: []string{
			"OSS_ENDPOINT=" + a.URL, "OSS_REGION=" + a.Region, "OSS_ACCESS_KEY_ID=" + a.ID, "OSS_ACCESS_KEY_SECRET=" + a.Secret,
		},
	}
}

func s3OnDevstore(t *testing.T) store { return s3Store(emulator.Start(t, false)) }

func s3OnGateway(t *testing.T) store { return s3Store(gateway.Start(t)) }

func s3Store(a judge.Access) store {
	return store{
		others: newS3(a), url: "s3://" + a.Bucket + "/" + prefix, prefix: prefix, secret: a.Secret,
		env: []string{
			"AWS_ENDPOINT_URL_S3=" + a.URL, "AWS_REGION=" + a.Region, "AWS_ACCESS_KEY_ID=" + a.ID, "AWS_SECRET_ACCESS_KEY=" + a.Secret,
		},
	}
}

// fileInDirectory needs no keys. It is given some, which must not be seen all the same.
func fileInDirectory(t *testing.T) store {
	dir, secret := t.TempDir(), "secret-that-is-not-needed"
	return store{
		others: directory(dir), url: "file://" + filepath.ToSlash(dir), secret: secret,
		env: []string{"OSS_ACCESS_KEY_SECRET=" + secret, "AWS_SECRET_ACCESS_KEY=" + secret},
	}
}
