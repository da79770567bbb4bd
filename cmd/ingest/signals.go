package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// grace is how long a command may take to come to its end after the first signal. Kubernetes kills after 30 s from
// SIGTERM, so that one has less.
const (
	grace        = 30 * time.Second
	graceSIGTERM = 20 * time.Second
)

// A command whose context has ended is over in milliseconds, unless something holds it that no context reaches: a
// pipe that nobody reads, a terminal that is stopped, a file system that does not answer. It is left in the middle
// then, as by a crash, which every file of ours bears.
const (
	leaveAfterFirst  = 3 * time.Second
	leaveAfterSecond = 500 * time.Millisecond
)

// signals turns SIGINT, SIGTERM and SIGHUP into the end of the command, from its first moment to its last. The first
// ends its context, or does what the command wants done instead; the second ends its context. SIGQUIT tells where
// everything stands, and ends the process.
type signals struct {
	ch     chan os.Signal
	done   chan struct{}
	heard  sync.WaitGroup // the one who listens, and never waits for anything else
	told   sync.WaitGroup // those who write of it, which may take for ever
	cancel context.CancelCauseFunc
	stderr io.Writer

	mu    sync.Mutex
	first func(os.Signal) time.Duration // instead of ending the context; nil: nothing
	state func(io.Writer)               // what SIGQUIT tells besides goroutines; nil: nothing
}

type signalsKey struct{}

// listen returns a context that signals end, and who hears them until close.
func listen(ctx context.Context, stderr io.Writer) (context.Context, *signals) {
	ctx, cancel := context.WithCancelCause(ctx)
	s := &signals{ch: make(chan os.Signal, 8), done: make(chan struct{}), cancel: cancel, stderr: stderr}
	signal.Notify(s.ch, watched()...)
	s.heard.Go(s.hear)
	return context.WithValue(ctx, signalsKey{}, s), s
}

// signalsOf returns who hears the signals that end ctx.
func signalsOf(ctx context.Context) *signals {
	s, _ := ctx.Value(signalsKey{}).(*signals)
	return s
}

func watched() []os.Signal {
	list := []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT}
	if !signal.Ignored(syscall.SIGHUP) { // ignored under nohup: the run goes on
		list = append(list, syscall.SIGHUP)
	}
	return list
}

// hear counts down to the end of the context, and then to that of the process.
func (s *signals) hear() {
	var c countdown
	for {
		select {
		case <-s.done:
			return
		case <-c.patience:
			s.cancel(errors.New("what was in flight took too long to finish"))
			c.patience, c.leave = nil, time.After(leaveAfterFirst)
		case <-c.leave:
			s.leave(c.cause)
		case sig := <-s.ch:
			s.answer(sig, &c)
		}
	}
}

// countdown is what is left of a command's time.
type countdown struct {
	heard    int              // signals
	cause    error            // the latest
	patience <-chan time.Time // until its context ends
	leave    <-chan time.Time // until the process ends
}

func (s *signals) answer(sig os.Signal, c *countdown) {
	if sig == syscall.SIGQUIT {
		s.dump()
	}
	c.heard++
	c.cause = fmt.Errorf("%v", sig)
	switch first := s.gentle(); {
	case c.heard == 1 && first != nil:
		c.patience = time.After(first(sig))
	case c.heard == 1:
		s.cancel(c.cause)
		c.leave = time.After(leaveAfterFirst)
	case c.heard == 2:
		s.cancel(c.cause)
		c.patience, c.leave = nil, time.After(leaveAfterSecond)
	}
}

// gentle is what the first signal does instead of ending the context, or nil.
func (s *signals) gentle() func(os.Signal) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.first
}

// instead makes the first signal call do, which must not wait for anything, and returns the way back. The context
// ends so long after the signal as do returns.
func (s *signals) instead(do func(os.Signal) time.Duration) (back func()) {
	set := func(f func(os.Signal) time.Duration) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.first = f
	}
	set(do)
	return func() { set(nil) }
}

// tell runs what writes of a signal: it may find nobody who reads.
func (s *signals) tell(write func()) { s.told.Go(write) }

// leave ends the process in the middle of what it does, with a last word if anybody takes it.
func (s *signals) leave(cause error) {
	s.lastWords(100*time.Millisecond, func() {
		fmt.Fprintf(s.stderr, "ingest: cut off after %v: it did not come to an end; to go on:\n  %s\n", cause, commandLine())
	})
	os.Exit(exitStopped)
}

// lastWords waits for write, but not for long. Who is left writing ends with the process.
func (s *signals) lastWords(wait time.Duration, write func()) {
	written := make(chan struct{})
	s.told.Go(func() {
		defer close(written)
		write()
	})
	select {
	case <-written:
	case <-time.After(wait):
	}
}

func graceFor(sig os.Signal) time.Duration {
	if sig == syscall.SIGTERM {
		return graceSIGTERM
	}
	return grace
}

// close ends the listening. Until all is written that there was to tell, a second signal is still heard.
func (s *signals) close() {
	s.told.Wait()
	signal.Stop(s.ch)
	close(s.done)
	s.heard.Wait()
	s.cancel(nil)
}

// interruptible is for a command that tidies up by itself when its context ends, in the time that a run has too.
func interruptible(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	back := func() {}
	if s := signalsOf(ctx); s != nil {
		back = s.instead(func(sig os.Signal) time.Duration {
			cancel(fmt.Errorf("%v", sig))
			return graceFor(sig)
		})
	}
	return ctx, func() {
		back()
		cancel(nil)
	}
}
