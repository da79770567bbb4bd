package dir

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
)

func TestErrorsAreClassified(t *testing.T) {
	for err, want := range map[error]sender.Kind{
		syscall.ENOSPC:           sender.StopRun,
		syscall.EDQUOT:           sender.StopRun,
		syscall.EROFS:            sender.StopRun,
		syscall.EIO:              sender.GiveUp,
		syscall.EACCES:           sender.GiveUp,
		syscall.EPERM:            sender.GiveUp,
		syscall.ENAMETOOLONG:     sender.GiveUp,
		syscall.ENOTEMPTY:        sender.GiveUp,
		syscall.EXDEV:            sender.GiveUp,
		syscall.EMFILE:           sender.TryAgain,
		context.Canceled:         sender.TryAgain,
		context.DeadlineExceeded: sender.TryAgain,
		sender.ErrCorrupt:        sender.TryAgain,
	} {
		wrapped := fmt.Errorf("do: %w", &fs.PathError{Op: "write", Path: "key", Err: err})
		got := failed("put object", "key", 0, wrapped)
		if got.Kind != want {
			t.Errorf("%v: kind %d, want %d", err, got.Kind, want)
		}
		if want == sender.StopRun && got.Hint == "" {
			t.Errorf("%v: no hint", err)
		}
	}
}

// A log that could not be written is not written to again by this process: nobody knows what the disk holds.
func TestLogIsDeadAfterAFailure(t *testing.T) {
	s, err := New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	u, err := s.Begin(t.Context(), &sender.Object{Key: "key"})
	if err != nil {
		t.Fatal(err)
	}
	part := sender.Part{Number: 1, Payload: sender.Payload{Data: []byte("data")}}
	if _, err := s.SendPart(t.Context(), u, part); err != nil {
		t.Fatal(err)
	}
	s.uploads[u.ID].log.dead = syscall.EIO
	if _, err := s.SendPart(t.Context(), u, part); sender.KindOf(err) != sender.GiveUp {
		t.Errorf("error %v", err)
	}
	if got := s.uploads[u.ID].parts(); len(got) != 1 {
		t.Errorf("parts %v, want the one that was there", got)
	}
}

// What a failed write has left is not known: a later one might make sense of it.
func TestLogThatFailedOnceIsWrittenToAgain(t *testing.T) {
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	l := &partLog{root: root, name: logFile, id: "id", parts: map[int]record{}}
	part := record{number: 1, size: 1, sum: hasher.FromUint64(wire, 7)}
	if err := l.append(held, part); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("a log that is not there: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, logFile), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := l.append(held, part); !errors.Is(err, fs.ErrNotExist) || len(l.parts) > 0 {
		t.Errorf("%v, and the log holds %v", err, l.parts)
	}
}

// A call that found the upload while another ended it must not write into what is an object by now.
func TestUploadThatHasEndedIsWrittenTo(t *testing.T) {
	u := &upload{ended: true}
	if mine, other, err := u.tryClaim(everything); mine != nil || other != nil || !errors.Is(err, sender.ErrNoSuchUpload) {
		t.Errorf("claims %v and %v, %v", mine, other, err)
	}
}
