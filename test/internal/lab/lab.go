package lab

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/ingest-dev/ingest/devstore"
)

// Kind is the kind of store that a lab has.
type Kind string

// The kinds: the embedded store in its two dialects, and a directory.
const (
	OSS  Kind = "oss"
	S3   Kind = "s3"
	File Kind = "file"
)

// Options of a lab. The zero value is one with the embedded store in the OSS dialect and a small job.
type Options struct {
	Kind     Kind
	Seed     uint64 // 0: one of its own
	Sizes    []int  // of the sources; nil: Corners of PartSize
	PartSize int    // bytes; the least that the store takes, which is 100 KiB, of S3 5 MiB
	Parallel int    // parts in flight; 4

	// Store changes the embedded store's options, to give it faults. nil: none.
	Store func(*devstore.Options)
	// Wrap puts something around the embedded store's handler, which sees what is asked of the store. nil: nothing.
	Wrap func(http.Handler) http.Handler
	// Front puts something between the program and the embedded store at that URL, and returns the URL of it.
	Front func(url string) string
}

func (o Options) withDefaults() Options {
	if o.Kind == "" {
		o.Kind = OSS
	}
	if o.PartSize == 0 {
		o.PartSize = 100 << 10
		if o.Kind == S3 {
			o.PartSize = 5 << 20
		}
	}
	if o.Parallel == 0 {
		o.Parallel = 4
	}
	if o.Sizes == nil {
		o.Sizes = Corners(o.PartSize)
	}
	return o
}

// Lab is the program, a store, and sources. Trials in it do not know of each other, and may run at the same time.
type Lab struct {
	testing.TB
	Options
	Program string // path of the program
	Folder  string // where the sources are
	Sources []Source
	Random  *rand.Rand // for one goroutine at a time
	Meter   *Meter     // counts what the embedded store was sent

	direct  string // URL of the store itself
	front   string // URL that the program is given
	keys    keys
	objects objects
	desk    string        // where the trials' folders are
	trials  *atomic.Int64 // made so far
}

// keys open the store. The secret ones must be seen nowhere.
type keys struct{ id, secret, token string }

const (
	bucket = "trial"
	region = "cn-hangzhou"
)

// New builds the program and opens a store that is there until the test ends.
func New(t testing.TB, o Options) *Lab {
	t.Helper()
	l := &Lab{TB: t, Options: o.withDefaults(), trials: new(atomic.Int64)}
	if l.Seed == 0 {
		l.Seed = Seed(t)
	}
	l.Random = rand.New(rand.NewPCG(l.Seed, 1))
	l.keys = keys{"lab", fmt.Sprintf("secret%016x", l.Random.Uint64()), fmt.Sprintf("token%016x", l.Random.Uint64())}
	var err error
	if l.Program, err = program(); err != nil {
		t.Fatal(err)
	}
	l.desk = t.TempDir()
	l.makeSources(l.Sizes)
	l.open()
	return l
}

// In is the lab for another test, or part of one, that ends before the lab's.
func (l *Lab) In(t testing.TB) *Lab {
	other := *l
	other.TB = t
	return &other
}

// open opens the store.
func (l *Lab) open() {
	l.Helper()
	if l.Kind == File {
		l.direct = l.TempDir()
		l.objects = directory(l.direct)
		return
	}
	o := devstore.Options{
		Dir: filepath.Join(l.TempDir(), "store"), Buckets: []string{bucket}, NoSync: true,
		AccessKeyID: l.keys.id, AccessKeySecret: l.keys.secret, SessionToken: l.keys.token,
	}
	if l.Options.Store != nil {
		l.Options.Store(&o)
	}
	store, err := devstore.New(o)
	if err != nil {
		l.Fatal(err)
	}
	l.Meter = &Meter{next: store, sent: map[string]int{}}
	server := httptest.NewServer(l.handler())
	t := l.TB
	l.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	l.direct, l.front = server.URL, server.URL
	if l.Front != nil {
		l.front = l.Front(server.URL)
	}
	l.objects = l.client()
}

// handler is the store as it is reached.
func (l *Lab) handler() http.Handler {
	if l.Wrap == nil {
		return l.Meter
	}
	return l.Wrap(l.Meter)
}

// Keys are those that the store takes.
func (l *Lab) Keys() (id, secret string) { return l.keys.id, l.keys.secret }

// environment is the program's: the keys, and nothing of the user's.
func (l *Lab) environment(home, temp string) []string {
	return []string{
		"HOME=" + home, "TMPDIR=" + temp, "PATH=/usr/local/bin:/usr/bin:/bin", "AWS_EC2_METADATA_DISABLED=true",
		"OSS_ENDPOINT=" + l.front, "OSS_REGION=" + region, "OSS_ACCESS_KEY_ID=" + l.keys.id,
		"OSS_ACCESS_KEY_SECRET=" + l.keys.secret, "OSS_SESSION_TOKEN=" + l.keys.token,
		"AWS_ENDPOINT_URL_S3=" + l.front, "AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=" + l.keys.id,
		"AWS_SECRET_ACCESS_KEY=" + l.keys.secret, "AWS_SESSION_TOKEN=" + l.keys.token,
	}
}
