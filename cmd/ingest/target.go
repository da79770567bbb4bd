package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/ingest-dev/ingest/pipeline"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/dir"
	"github.com/ingest-dev/ingest/sender/oss"
	"github.com/ingest-dev/ingest/sender/s3"
	"github.com/spf13/cobra"
)

// target is where the objects go: the URL and what it takes to reach it.
type target struct {
	reach

	url       string
	signature string
	checksum  string
	terms     terms
	absent    absence
}

// absence is what to do about a destination directory that is not there. It may be a disk that is not mounted, so
// that never more than the last folder of its path is made.
type absence uint8

const (
	refuseAbsent  absence = iota
	makeAbsent            // run makes it
	imagineAbsent         // plan looks at the folder above in its stead, and changes nothing
)

func (t *target) flags(cmd *cobra.Command) {
	t.reach.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&t.signature, "oss-signature", "v4", "signature `VERSION` for oss://: v4 or v1")
	f.StringVar(&t.checksum, "s3-checksum", auto, "checksum for s3://: auto, crc64nvme, crc32c or md5")
	t.terms.flags(cmd)
}

// store is an open destination.
type store struct {
	sender.Store
	io.Closer
	prefix   string // put in front of every key
	name     string // what a journal calls it: the same place has the same name
	endpoint string // the URL that requests go to; empty for a directory
	mark     string // what else makes another job of the same place
}

// closer is the Close of what cannot fail to close.
type closer func()

func (c closer) Close() error {
	c()
	return nil
}

// open parses the URL and prepares the store. It asks nothing of it yet.
func (t *target) open(ctx context.Context, parallel int) (*store, error) {
	if err := t.checkTarget(); err != nil {
		return nil, err
	}
	scheme, rest, ok := strings.Cut(t.url, "://")
	if !ok {
		return nil, usagef("%q is not a destination: want oss://bucket/prefix, s3://bucket/prefix or file:///directory", t.url)
	}
	if err := t.terms.check(scheme); err != nil {
		return nil, err
	}
	switch scheme {
	case "oss":
		return t.openOSS(ctx, rest, parallel)
	case "s3":
		return t.openS3(ctx, rest, parallel)
	case "file":
		return t.openDir(rest)
	}
	return nil, usagef("%q is not a destination: unknown scheme %q%s", t.url, scheme, didYouMean(scheme, []string{"oss", "s3", "file"}))
}

// checkTarget refuses what no store knows, whichever is meant; and keys in URLs, since command lines are seen by every
// user of the machine. What looks like a key is not repeated, whether or not it can be parsed.
func (t *target) checkTarget() error {
	if strings.ContainsAny(authority(t.url), "@:") || strings.Contains(authority(t.endpoint), "@") {
		return usagef("a URL must hold no user name or key: use the environment or a credentials file")
	}
	if t.signature != "v1" && t.signature != "v4" {
		return usagef("--oss-signature %q: want v4 or v1", t.signature)
	}
	if _, err := s3.ParseChecksum(t.checksum); err != nil {
		return usagef("--s3-checksum: %w", err)
	}
	return nil
}

// authority is what stands before the first slash, behind the scheme if there is one.
func authority(url string) string {
	if _, rest, ok := strings.Cut(url, "://"); ok {
		url = rest
	}
	text, _, _ := strings.Cut(url, "/")
	return text
}

func (t *target) openOSS(ctx context.Context, rest string, parallel int) (*store, error) {
	bucket, prefix, err := bucketAndPrefix("oss", rest)
	if err != nil {
		return nil, err
	}
	who, err := t.ossCredentials()
	if err != nil {
		return nil, err
	}
	o := oss.Options{
		Bucket: bucket, SignatureV1: t.signature == "v1", Credentials: who,
		RequestPayer: t.terms.payer, TrafficLimit: t.terms.bits(),
	}
	if err := t.reach.oss(&o, parallel); err != nil {
		return nil, err
	}
	s, err := oss.New(ctx, o)
	if err != nil {
		return nil, usage(err)
	}
	return &store{s, closer(s.Close), prefix, pipeline.PlaceOf(s, prefix), s.Endpoint(), ""}, nil
}

func (t *target) openS3(ctx context.Context, rest string, parallel int) (*store, error) {
	bucket, prefix, err := bucketAndPrefix("s3", rest)
	if err != nil {
		return nil, err
	}
	key, err := t.terms.customerKey()
	if err != nil {
		return nil, err
	}
	checksum, _ := s3.ParseChecksum(t.checksum) // checked before
	o := s3.Options{Bucket: bucket, Checksum: checksum, RequestPayer: t.terms.payer, CustomerKey: key}
	if err := t.reach.s3(&o, parallel); err != nil {
		return nil, err
	}
	s, err := s3.New(ctx, o)
	if err != nil {
		return nil, usage(err)
	}
	return &store{s, closer(s.Close), prefix, pipeline.PlaceOf(s, prefix), s.Endpoint(), mark(key)}, nil
}

func (t *target) openDir(rest string) (*store, error) {
	path := filepath.FromSlash(rest)
	if !filepath.IsAbs(path) {
		return nil, usagef("%q is not a destination: want an absolute directory, such as file:///backup", t.url)
	}
	there, err := t.directory(path)
	if err != nil {
		return nil, usagef("find the destination: %w", err)
	}
	s, err := dir.New(there)
	if err != nil {
		return nil, usage(err)
	}
	return &store{s, s, "", "file://" + filepath.ToSlash(filepath.Clean(path)), "", ""}, nil
}

// directory returns the directory to open for path.
func (t *target) directory(path string) (string, error) {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return path, err
	}
	switch t.absent {
	case makeAbsent:
		return path, os.Mkdir(path, 0o700)
	case imagineAbsent:
		return filepath.Dir(path), nil
	}
	return path, nil
}

// bucketAndPrefix splits what stands behind the scheme. A prefix is a folder: "a" and "a/" are the same.
func bucketAndPrefix(scheme, rest string) (bucket, prefix string, err error) {
	bucket, prefix, _ = strings.Cut(rest, "/")
	if bucket == "" {
		return "", "", usagef("the destination names no bucket: want %s://bucket/prefix", scheme)
	}
	if prefix != "" && !strings.HasSuffix(prefix, "/") {
		prefix += "/"
	}
	return bucket, prefix, nil
}

func userAgent() string { return fmt.Sprintf("ingest/%s", version) }
