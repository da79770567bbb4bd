//go:build unix

package main

import (
	"context"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ingest-dev/ingest/bench/internal/null"
)

// stopwatch is a null store that notes when the first object is put.
type stopwatch struct {
	listener net.Listener
	server   *http.Server
	puts     atomic.Int64
	took     atomic.Int64 // nanoseconds until the first
	began    time.Time
	serving  sync.WaitGroup
}

func listen(ctx context.Context) (*stopwatch, error) {
	l, err := null.Listen(ctx, "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &stopwatch{listener: l}
	s.server = null.Server(&null.Store{OnPut: func(string) {
		if s.puts.Add(1) == 1 {
			s.took.Store(int64(time.Since(s.began)))
		}
	}})
	s.serving.Go(func() { _ = s.server.Serve(l) }) // until Close
	return s, nil
}

func (s *stopwatch) addr() string     { return s.listener.Addr().String() }
func (s *stopwatch) endpoint() string { return "http://" + s.addr() }

// reset starts the time. No request may be on its way.
func (s *stopwatch) reset()               { s.began = time.Now() }
func (s *stopwatch) first() time.Duration { return time.Duration(s.took.Load()) }

// Close ends the store.
func (s *stopwatch) Close() {
	_ = s.server.Close() // its connections are of no use any more
	s.serving.Wait()
}
