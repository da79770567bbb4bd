package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"
)

// dumpTime is how long whoever reads stderr may take over a dump.
const dumpTime = 3 * time.Second

// dump answers SIGQUIT: what the run waits for, and where every goroutine is. The runtime's own dump would show
// arguments and registers, in which a key may be, and would end with the code of wrong usage.
func (s *signals) dump() {
	s.mu.Lock()
	state := s.state
	s.mu.Unlock()
	s.lastWords(dumpTime, func() {
		fmt.Fprintln(s.stderr, "ingest: quit; where it stands:")
		if state != nil {
			state(s.stderr)
		}
		_, _ = s.stderr.Write(withoutArguments(stacks()))
		fmt.Fprintf(s.stderr, "to go on:\n  %s\n", commandLine())
	})
	os.Exit(exitStopped)
}

// onQuit makes SIGQUIT write state too, and returns the way back.
func (s *signals) onQuit(state func(io.Writer)) (back func()) {
	set := func(f func(io.Writer)) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.state = f
	}
	set(state)
	return func() { set(nil) }
}

// mostStacks bounds the dump, in bytes: that of some ten thousand goroutines.
const mostStacks = 16 << 20

func stacks() []byte {
	for size := 1 << 20; ; size *= 2 {
		b := make([]byte, size)
		if n := runtime.Stack(b, true); n < size || size >= mostStacks {
			return b[:n]
		}
	}
}

// withoutArguments takes the words in brackets away from each call: "main.f(0xc000012345, 0x10)" is "main.f".
func withoutArguments(dump []byte) []byte {
	lines := bytes.SplitAfter(dump, []byte("\n"))
	for i, line := range lines {
		if !isCall(line) {
			continue
		}
		if cut := bytes.LastIndexByte(line, '('); cut >= 0 {
			lines[i] = append(bytes.Clone(line[:cut]), '\n')
		}
	}
	return bytes.Join(lines, nil)
}

// isCall tells the lines of calls from those of goroutines and of places.
func isCall(line []byte) bool {
	for _, other := range []string{"\t", "goroutine ", "created by "} {
		if bytes.HasPrefix(line, []byte(other)) {
			return false
		}
	}
	return true
}
