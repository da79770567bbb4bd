package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/ingest-dev/ingest/pipeline"
	"github.com/rs/zerolog"
)

// grace is how long parts in flight may take to finish after the first signal. Kubernetes kills after 30 s from
// SIGTERM, so that one has less.
const (
	grace        = 30 * time.Second
	graceSIGTERM = 20 * time.Second
)

// signals turns SIGINT, SIGTERM and SIGHUP into the end of a run: the first stops it, the second cuts it off.
type signals struct {
	ch   chan os.Signal
	done chan struct{}
	wg   sync.WaitGroup
}

func watched() []os.Signal {
	list := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // ignored under nohup: the run goes on
		list = append(list, syscall.SIGHUP)
	}
	return list
}

func listen(r *pipeline.Runner, cancel context.CancelCauseFunc, log zerolog.Logger) *signals {
	s := &signals{ch: make(chan os.Signal, 2), done: make(chan struct{})}
	signal.Notify(s.ch, watched()...)
	s.wg.Go(func() { s.hear(r, cancel, log) })
	return s
}

func (s *signals) hear(r *pipeline.Runner, cancel context.CancelCauseFunc, log zerolog.Logger) {
	var timeout <-chan time.Time
	for first := true; ; first = false {
		select {
		case <-s.done:
			return
		case <-timeout:
			cancel(errors.New("parts in flight took too long to finish"))
			return
		case sig := <-s.ch:
			cause := fmt.Errorf("%v", sig)
			if !first {
				cancel(cause)
				return
			}
			r.Stop(cause)
			wait := graceFor(sig)
			timeout = time.After(wait)
			log.Warn().Stringer("signal", sig).Msgf("stopping: parts in flight may finish for %v; once more stops at once", wait)
		}
	}
}

func graceFor(sig os.Signal) time.Duration {
	if sig == syscall.SIGTERM {
		return graceSIGTERM
	}
	return grace
}

func (s *signals) close() {
	signal.Stop(s.ch)
	close(s.done)
	s.wg.Wait()
}

// interruptible is for commands that a signal simply ends.
func interruptible(ctx context.Context) (context.Context, context.CancelFunc) {
	return signal.NotifyContext(ctx, watched()...)
}
