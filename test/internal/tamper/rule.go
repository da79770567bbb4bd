package tamper

import (
	"errors"
	"math"
	"os"
	"slices"
	"syscall"
)

// ErrUnsupported is returned where processes cannot be traced.
var ErrUnsupported = errors.New("system calls can be tampered with on linux/amd64 only")

// Always is a Last that strikes every call from First on.
const Always = math.MaxInt

// Rule says which calls are tampered with, and how. Of the calls that match, those from First to Last are struck.
type Rule struct {
	Calls []string        // names, as strace has them
	On    func(Call) bool // nil: all of them. Called before First and Last are counted, by the goroutine of Run
	First int             // from 1; 0: none, the calls are only counted
	Last  int             // 0: First alone

	Signal  syscall.Signal // sent to the process before the call is carried out; after SIGKILL it is not
	Errno   syscall.Errno  // the call is not carried out, and fails with this
	Pretend bool           // the call is not carried out, and succeeds: a write says that it wrote everything
}

// Call is a call that the process is about to make.
type Call struct {
	Name  string
	Paths []string // what its descriptor is open on, or the paths that it names; empty for others
	N     int      // which of the calls that match it is, from 1, once it was struck
}

// Command is a process to run.
type Command struct {
	Path           string
	Args           []string // with the name of the program first
	Env            []string
	Dir            string
	Stdout, Stderr *os.File
	Rule           Rule

	// Started is called once the process runs, with what sends it signals until it is gone. nil: nobody wants to know.
	Started func(send func(syscall.Signal))
}

// Outcome is how a process ended.
type Outcome struct {
	Status syscall.WaitStatus
	Seen   int    // calls that matched
	Struck []Call // those that were tampered with
}

func (r *Rule) matches(c Call) bool {
	return slices.Contains(r.Calls, c.Name) && (r.On == nil || r.On(c))
}

func (r *Rule) strikes(n int) bool {
	return r.First > 0 && n >= r.First && n <= max(r.First, r.Last)
}
