package devstore

import (
	"errors"
	"fmt"
	"net/http"
	"sync"

	"github.com/ingest-dev/ingest/devstore/fault"
	"github.com/ingest-dev/ingest/devstore/internal/auth"
	"github.com/ingest-dev/ingest/devstore/internal/callback"
	"github.com/ingest-dev/ingest/devstore/internal/oss"
	"github.com/ingest-dev/ingest/devstore/internal/s3"
	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// ErrLocked is returned by New when another Server, of this process or another, has the directory.
var ErrLocked = storage.ErrLocked

// dialect is a way of speaking to clients.
type dialect interface {
	Serve(w http.ResponseWriter, r *wire.Request)
	Fail(w http.ResponseWriter, r *wire.Request, err error)
	Operation(r *wire.Request) fault.Op
}

// Server is an object store over HTTP. It may serve any number of requests at once.
type Server struct {
	options  Options
	store    *storage.Store
	dialects map[auth.Dialect]dialect

	gate   sync.RWMutex // held for reading by every request
	closed bool
	quit   chan struct{} // closed when Close begins: ends what faults hold up
	stop   func()        // closes it, once
}

// New opens the store in a directory, with all that it holds, and makes the buckets that are missing. It returns
// ErrLocked if the directory is in use. Close it.
func New(o Options) (*Server, error) {
	o = o.withDefaults()
	if err := o.checkKeys(); err != nil {
		return nil, err
	}
	store, err := storage.Open(storage.Options{Dir: o.Dir, NoSync: o.NoSync, Now: o.now})
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	if err := makeBuckets(store, o.Buckets); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	quit := make(chan struct{})
	return &Server{options: o, store: store, quit: quit, stop: sync.OnceFunc(func() { close(quit) }),
		dialects: map[auth.Dialect]dialect{
			auth.OSS: oss.New(store, o.region("cn-hangzhou"), callback.NewCaller(o.CallbackAnywhere)),
			auth.S3:  s3.New(store, o.region("us-east-1")),
		}}, nil
}

func makeBuckets(store *storage.Store, names []string) error {
	for _, name := range names {
		err := store.CreateBucket(name, storage.BucketInfo{})
		if err != nil && !errors.Is(err, storage.ErrBucketExists) {
			return fmt.Errorf("make bucket: %w", err)
		}
	}
	return nil
}

// Close waits for the requests that are being served and lets go of the directory. Requests that come later are
// answered with 503. It may be called again.
func (s *Server) Close() error {
	s.stop()
	s.gate.Lock()
	defer s.gate.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	return s.store.Close()
}

// ServeHTTP answers a request in the dialect that it is in. Without a signature, that is OSS.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.gate.RLock()
	defer s.gate.RUnlock()
	if s.closed {
		http.Error(w, "closed", http.StatusServiceUnavailable)
		return
	}
	switch {
	case s.options.Admin && r.URL.Path == adminPath:
		s.administer(w, r)
	case s.options.Faults != nil:
		s.rehearse(w, r)
	default:
		s.answer(w, r)
		drain(w, r)
	}
}
