package main

import (
	"context"

	"github.com/ingest-dev/ingest/manifests"
)

// awaited is what open returns, or ctx's error if that comes first. Whoever opens or reads a pipe waits for its
// writer and cannot be called back: this one goroutine is left alone, and ends with the process, which is about to.
func awaited(ctx context.Context, open func() (*manifests.Manifest, error)) (*manifests.Manifest, error) {
	type result struct {
		m   *manifests.Manifest
		err error
	}
	opened := make(chan result, 1)
	go func() {
		m, err := open()
		opened <- result{m, err}
	}()
	select {
	case r := <-opened:
		return r.m, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
