package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/pipeline"
	"github.com/ingest-dev/ingest/sender"
)

// The exit codes, as the README tables them.
const (
	exitDone     = 0 // every row is in the store and verified
	exitFailed   = 1 // some rows failed; the rest are done
	exitUsage    = 2 // wrong usage or configuration; nothing was sent
	exitStopped  = 3 // stopped before the end; resumable
	exitJournal  = 4 // the journal cannot be used
	exitManifest = 5 // the manifest is wrong; nothing was sent
	exitRefused  = 6 // the store refuses; resumable
)

// exit is an error with the code that it ends the process with.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string { return e.err.Error() }

func (e *exit) Unwrap() error { return e.err }

// usage makes err end the process as wrong usage.
func usage(err error) error {
	if err == nil {
		return nil
	}
	return &exit{exitUsage, err}
}

func usagef(format string, args ...any) error { return usage(fmt.Errorf(format, args...)) }

// exitCode is the code for what a command returned. What nobody classified is wrong usage, since flags and
// configuration are read before anything else.
func exitCode(err error) int {
	if err == nil {
		return exitDone
	}
	if e, ok := errors.AsType[*exit](err); ok {
		return e.code
	}
	if _, ok := errors.AsType[*manifests.Mistakes](err); ok {
		return exitManifest
	}
	switch {
	case journalError(err):
		return exitJournal
	case errors.Is(err, pipeline.ErrOption):
		return exitUsage
	case sender.KindOf(err) == sender.StopRun:
		return exitRefused
	case errors.Is(err, pipeline.ErrStopped), errors.Is(err, context.Canceled):
		return exitStopped
	case writeError(err):
		return exitFailed
	}
	return exitUsage
}

func journalError(err error) bool {
	for _, target := range []error{journal.ErrDead, journal.ErrChanged, journal.ErrLocked, journal.ErrOtherJob, journal.ErrFormat, journal.ErrDamaged, journal.ErrRecord} {
		if errors.Is(err, target) {
			return true
		}
	}
	return false
}

// writeError reports whether a result could not be written, for lack of room or of a reader.
func writeError(err error) bool {
	e, ok := errors.AsType[*fs.PathError](err)
	return ok && e.Op == "write"
}

// complaint is what is printed of an error.
func complaint(err error) string {
	if mistakes, ok := errors.AsType[*manifests.Mistakes](err); ok {
		return "the manifest is wrong; nothing was sent:\n" + mistakes.Error()
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return err.Error() + ": --ca-file FILE"
	}
	return err.Error()
}
