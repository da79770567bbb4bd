package pipeline

import (
	"context"
	"errors"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/manifests"
)

// Upload stores one file under a key and returns what became of it: in parts if it is large, proven by the store's
// own checksum, and with a [Settings.Journal] carried on where an earlier call was cut off. The settings' Manifest is
// not looked at.
//
// A nil error means that the object is there, whole; or, as the status says, that what was there is left alone, or what
// [Options].Accept accepts. The error of a file that could not be stored wraps [ErrRows] and the *[Fault] or
// *sender.Error that says why; others are those of [Open] and [Runner.Run].
func Upload(ctx context.Context, source, key string, s Settings) (stored journal.Outcome, err error) {
	s.Manifest = manifests.Single(source, key)
	session, err := Open(ctx, s)
	if err != nil {
		return stored, err
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	if err := session.Run(ctx); err != nil {
		return stored, err
	}
	return session.outcome(ctx, 1)
}

// outcome returns the last word on a row.
func (s *Session) outcome(ctx context.Context, row int64) (o journal.Outcome, err error) {
	all, err := s.job.Journal.Outcomes(ctx, s.job.Total)
	if err != nil {
		return o, err
	}
	defer func() { err = errors.Join(err, all.Close()) }()
	o, _, err = all.Get(row)
	return o, err
}
