package wire

import (
	"net/http"
	"strconv"
	"time"

	"github.com/ingest-dev/ingest/sender"
)

// maxRetryAfter bounds what a store may ask to wait.
const maxRetryAfter = 5 * time.Minute

// RetryAfter returns how long a Retry-After header asks to wait, in seconds or as a date, at most five minutes.
// It is 0 if there is none, or none that can be read. A date is taken relative to the answer's own Date, so that
// the clocks need not agree.
func RetryAfter(h Header) time.Duration {
	v := h.Get("Retry-After")
	if v == "" {
		return 0
	}
	if s, err := strconv.ParseInt(v, 10, 64); err == nil {
		return min(max(time.Duration(min(s, int64(maxRetryAfter/time.Second)))*time.Second, 0), maxRetryAfter)
	}
	at, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return min(max(at.Sub(now), 0), maxRetryAfter)
}

// verdict is what an answer means.
type verdict struct {
	kind     sender.Kind
	throttle sender.Throttle
	err      error
}

// byCode holds the codes that mean the same in every dialect.
var byCode = map[string]verdict{
	"NoSuchUpload":         {sender.GiveUp, 0, sender.ErrNoSuchUpload},
	"NoSuchKey":            {sender.GiveUp, 0, sender.ErrNotFound},
	"InvalidPart":          {sender.GiveUp, 0, sender.ErrInvalidPart},
	"NoSuchBucket":         {sender.StopRun, 0, nil},
	"InternalError":        {sender.TryAgain, 0, nil},
	"RequestTimeout":       {sender.TryAgain, 0, nil}, // a 400 that means: the body came too slowly
	"IncompleteBody":       {sender.TryAgain, 0, nil},
	"BadDigest":            {sender.TryAgain, 0, nil}, // the bytes were spoiled on the way
	"RequestTimeTooSkewed": {sender.TryAgain, 0, nil},
	"SlowDown":             {sender.TryAgain, sender.TooManyRequests, nil},
	"ServiceUnavailable":   {sender.TryAgain, sender.TooManyRequests, nil},
	"TooManyRequests":      {sender.TryAgain, sender.TooManyRequests, nil},
}

// ErrorKind returns what an answer that is not a success means for the work, what the store wants less of, and the
// sentinel of package sender that its error wraps, or nil. The code decides if every dialect has it, else the status.
// It is where a store starts from; codes of its own come first.
func ErrorKind(status int, code string) (sender.Kind, sender.Throttle, error) {
	if v, ok := byCode[code]; ok {
		return v.kind, v.throttle, v.err
	}
	v := byStatus(status)
	return v.kind, v.throttle, v.err
}

func byStatus(status int) verdict {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return verdict{kind: sender.StopRun} // another endpoint; the token must not go there
	case http.StatusUnauthorized, http.StatusProxyAuthRequired, http.StatusInsufficientStorage:
		return verdict{kind: sender.StopRun}
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return verdict{kind: sender.TryAgain, throttle: sender.TooManyRequests}
	case http.StatusRequestTimeout:
		return verdict{kind: sender.TryAgain}
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		return verdict{kind: sender.GiveUp}
	}
	if status >= 500 {
		return verdict{kind: sender.TryAgain}
	}
	return verdict{kind: sender.GiveUp}
}
