package s3

import (
	"net/http"
	"time"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// The headers of object lock.
const (
	lockMode  = "x-amz-object-lock-mode"
	lockUntil = "x-amz-object-lock-retain-until-date"
	lockHold  = "x-amz-object-lock-legal-hold"
)

var lockHeaders = []string{lockMode, lockUntil, lockHold}

// readLock returns the lock that the headers ask for, nil if they ask for none. The bucket need not have been made for
// locks.
func readLock(r *wire.Request) (*storage.Lock, error) {
	mode, until, hold := r.Header.Get(lockMode), r.Header.Get(lockUntil), r.Header.Get(lockHold)
	if mode == "" && until == "" && hold == "" {
		return nil, nil
	}
	l := &storage.Lock{Mode: mode, Hold: hold == "ON"}
	switch {
	case hold != "" && hold != "ON" && hold != "OFF":
		return nil, refusals.Argument(lockHold, hold)
	case mode != "" && mode != "GOVERNANCE" && mode != "COMPLIANCE":
		return nil, refusals.Argument(lockMode, mode).Saying("Unknown wormMode directive.")
	case (mode == "") != (until == ""):
		return nil, refusals.Argument(lockMode, mode).Saying("x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied")
	case mode == "":
		return l, nil
	}
	end, err := time.Parse(time.RFC3339, until)
	if err != nil || !end.After(r.Time) {
		return nil, refusals.Argument(lockUntil, until).Saying("The retain until date must be in the future!")
	}
	l.Until = end.UTC()
	return l, nil
}

func setLock(h http.Header, l *storage.Lock) {
	if l == nil {
		return
	}
	if l.Mode != "" {
		h.Set(lockMode, l.Mode)
		h.Set(lockUntil, wire.Timestamp(l.Until))
	}
	h.Set(lockHold, onOff(l.Hold))
}

func onOff(on bool) string {
	if on {
		return "ON"
	}
	return "OFF"
}
