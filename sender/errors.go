package sender

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kind says what an error means for the work.
type Kind uint8

// The kinds. The zero value gives up the row: an error that nobody classified stops neither the others nor waits.
const (
	GiveUp   Kind = iota // this row cannot be stored as it is; the others can
	TryAgain             // the same request may succeed later
	StopRun              // no request of this run can succeed: credentials, bucket, quota, a store that stays away
)

// Throttle says what a store wants less of.
type Throttle uint8

// The causes of throttling.
const (
	NotThrottled Throttle = iota
	TooManyRequests
	TooManyBytes
)

var (
	// ErrNoSuchUpload is returned when an upload was completed or aborted, by whomever.
	ErrNoSuchUpload = errors.New("no such upload")

	// ErrNotFound is returned when there is no object under a key.
	ErrNotFound = errors.New("no such object")

	// ErrCorrupt is returned when what the store says it holds is not what was sent.
	ErrCorrupt = errors.New("the store holds other bytes than were sent")

	// ErrInvalidPart is returned when Complete names a part that the upload does not hold as stated.
	ErrInvalidPart = errors.New("the upload does not hold a part as stated")

	// ErrExists is returned when an object was not to be overwritten and is there.
	ErrExists = errors.New("the object exists")

	// ErrNoAnswer is returned when a request may or may not have been carried out: the answer never came,
	// or could not be read to its end.
	ErrNoAnswer = errors.New("no answer came")

	// ErrUnreachable is returned when no connection to the store came about, or it broke before anything was sent.
	ErrUnreachable = errors.New("the store cannot be reached")

	// ErrQuitting is returned when a request was not tried again because the run is ending; see [Options].Quit.
	// It says nothing of the object.
	ErrQuitting = errors.New("not tried again, as the run is ending")
)

// Error is a failed call on a store, with what a person needs to understand it and to ask the store's operator.
type Error struct {
	Op   string // "put object", "send part", "complete upload": what was being done
	Key  string
	Part int // number of the part, or 0
	Kind Kind

	Status    int    // HTTP status, or 0
	Code      string // the store's own, such as "NoSuchBucket"
	Message   string
	RequestID string
	HostID    string
	EC        string // the diagnostic code of OSS
	Hint      string // what to do about it, when that is known

	Throttle   Throttle
	RetryAfter time.Duration // what the store asked to wait; 0 if it said nothing
	Attempts   int           // tries made; set by the retry decorator
	Stored     bool          // the store made the object visible all the same, though not as it was sent, or not proven

	Err error // the cause, or one of the package's sentinels; may be nil
}

// Error says in one line what, where and what to do.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	if e.Key != "" {
		fmt.Fprintf(&b, " %q", e.Key)
	}
	if e.Part > 0 {
		fmt.Fprintf(&b, " part %d", e.Part)
	}
	b.WriteString(": ")
	b.WriteString(e.reason())
	b.WriteString(e.trail())
	if e.Hint != "" {
		b.WriteString(": " + e.Hint)
	}
	return b.String()
}

func (e *Error) reason() string {
	switch {
	case e.Code != "" && e.Message != "":
		return e.Code + ": " + quoted(e.Message)
	case e.Code != "":
		return e.Code
	case e.Err != nil:
		return e.Err.Error()
	case e.Message != "":
		return quoted(e.Message)
	}
	return "failed"
}

func (e *Error) trail() string {
	var parts []string
	for _, f := range []struct{ name, value string }{
		{"request id", e.RequestID}, {"host id", e.HostID}, {"ec", e.EC},
	} {
		if f.value != "" {
			parts = append(parts, f.name+" "+quoted(f.value))
		}
	}
	if e.Status != 0 {
		parts = append(parts, fmt.Sprintf("status %d", e.Status))
	}
	if e.Attempts > 1 {
		parts = append(parts, fmt.Sprintf("%d tries", e.Attempts))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// hint says what to do about it, besides what was said already.
func (e *Error) hint(s string) {
	if e.Hint != "" {
		s = e.Hint + "; " + s
	}
	e.Hint = s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of the first *Error in err's chain, or GiveUp if there is none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return GiveUp
}

// quoted makes foreign text safe for a terminal and a log: control characters are escaped, the rest is kept.
func quoted(s string) string {
	clean := true
	for _, r := range s {
		if r < ' ' || r == 0x7f || (r >= 0x80 && r < 0xa0) {
			clean = false
		}
	}
	if clean {
		return s
	}
	q := fmt.Sprintf("%q", s)
	return q[1 : len(q)-1]
}
