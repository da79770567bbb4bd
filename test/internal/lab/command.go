package lab

import (
	"encoding/json"
	"fmt"
	"syscall"
	"time"

	"github.com/ingest-dev/ingest/test/internal/tamper"
)

// Command says how the program is run, and what is done to it.
type Command struct {
	Args     []string      // of the program, instead of those of a run
	Flags    []string      // besides those of every run
	Env      []string      // besides that of every run
	Wrap     []string      // a program and its first arguments, which the program and its own are added to
	Tamper   *tamper.Rule  // what happens to its system calls
	Kill     Kill          // what is sent to it
	Patience time.Duration // when it hangs; 1 minute
	Quiet    bool          // says only warnings; else everything that it can
	Dies     bool          // it may die as it likes: the system, or Go's runtime, may end it
}

// Kill is signals that are sent to the process: one for each of its waits that is set, one after the other. The zero
// value is none.
type Kill struct {
	Signal syscall.Signal
	When   <-chan time.Time // until something comes from here
	After  time.Duration    // from its start, or from When
	Again  time.Duration    // from the one before
}

// Result is what came of a run.
type Result struct {
	Code           int            // exit code; -1 if a signal ended it
	Signal         syscall.Signal // that ended it, or 0
	Stdout, Stderr []byte
	Took           time.Duration
	Survived       time.Duration  // from the last signal that it was sent to its end; 0: none was sent
	Tampered       tamper.Outcome // if it was
	rule           *tamper.Rule
	args           []string
	killed         bool // something was sent that may end it
	hung           bool
}

// Summary is what the program says of a run with --json.
type Summary struct {
	Rows, Done, Skipped, Failed, Unverified int64
	Bytes                                   int64
	SentBytes                               int64 `json:"sent_bytes"`
	SentParts                               int64 `json:"sent_parts"`
	ResumedParts                            int64 `json:"resumed_parts"`
	Requests, Retries                       int64
	Seconds                                 float64
	Exit                                    int
}

// Summary is what the run said on stdout; ok is false if it came to say nothing.
func (r *Result) Summary() (s Summary, ok bool) { return s, json.Unmarshal(r.Stdout, &s) == nil }

// String says how the run ended, what was done to it, and the end of what it said.
func (r *Result) String() string {
	end := fmt.Sprintf("exit %d", r.Code)
	if r.Signal != 0 {
		end = r.Signal.String()
	}
	return fmt.Sprintf("%s after %v%s\n%s\nstdout: %s\nstderr: %s",
		end, r.Took.Round(time.Millisecond), r.struck(), r.args, tail(r.Stdout), tail(r.Stderr))
}

// struck tells of the first calls that were tampered with.
func (r *Result) struck() string {
	if r.rule == nil {
		return ""
	}
	with := r.rule.Errno.Error()
	switch {
	case r.rule.Pretend:
		with = "success without doing it"
	case r.rule.Signal != 0:
		with = r.rule.Signal.String()
	}
	calls := r.Tampered.Struck
	return fmt.Sprintf(", %d calls struck with %q: %v", len(calls), with, calls[:min(3, len(calls))])
}

// tail is the end of a text that may be long.
func tail(text []byte) []byte { return text[max(0, len(text)-6<<10):] }
