package pipeline

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/reader"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// verdicts verifies the job and returns what was found of each source.
func (l *lab) verdicts() (Verified, map[string]error) {
	l.Helper()
	found := map[string]error{}
	var v Verified
	l.with(func(job Job) {
		var err error
		v, err = Verify(l.Context(), job, func(row *manifests.Row, _ journal.Status, err error) { found[row.Source] = err })
		if err != nil {
			l.Fatal(err)
		}
	})
	return v, found
}

func TestVerificationFindsWhatDiffers(t *testing.T) {
	l := newLab(t)
	for _, name := range []string{"same", "empty", "other bytes", "other size", "missing object", "missing source"} {
		n := int64(3*partSize + len(name))
		if name == "empty" {
			n = 0
		}
		l.file(name, n)
	}
	l.finish()
	put := func(key string, data []byte) {
		if _, err := l.memory.Put(t.Context(), &sender.Object{Key: key, Size: int64(len(data))}, sendertest.Payload(data)); err != nil {
			t.Fatal(err)
		}
	}
	data, err := l.memory.Read("other bytes")
	if err != nil {
		t.Fatal(err)
	}
	data = append([]byte(nil), data...)
	data[len(data)-1] ^= 1
	put("other bytes", data)
	put("other size", data)
	l.faults = sendertest.NewFaults(without{l.memory, "missing object"})
	if err := os.Remove(l.path("missing source")); err != nil {
		t.Fatal(err)
	}
	v, found := l.verdicts()
	if v.Rows != 6 || v.Same != 2 || v.Different != 4 || v.Unverified != 0 {
		t.Errorf("%+v", v)
	}
	for name, want := range map[string]error{
		"same": nil, "empty": nil, "other bytes": ErrDiffers, "other size": ErrDiffers,
		"missing object": sender.ErrNotFound, "missing source": os.ErrNotExist,
	} {
		if !errors.Is(found[name], want) {
			t.Errorf("%s: %v, want %v", name, found[name], want)
		}
	}
}

// without is a store that lacks a key.
type without struct {
	*sendertest.Memory
	key string
}

func (s without) Head(ctx context.Context, key string) (sender.Info, error) {
	if key == s.key {
		return sender.Info{}, &sender.Error{Err: sender.ErrNotFound}
	}
	return s.Memory.Head(ctx, key)
}

func TestVerificationWithoutChecksumsIsNone(t *testing.T) {
	l := newLabOn(t, sendertest.NewMemoryWith(sendertest.MemoryOptions{NoChecksum: true}))
	l.file("f", 3*partSize)
	if _, err := l.run(); err != nil {
		t.Fatal(err)
	}
	if v, _ := l.verdicts(); v.Same != 0 || v.Unverified != 1 || v.Bytes != 0 {
		t.Errorf("%+v", v)
	}
}

// A size that differs needs no checksum to prove it.
func TestVerificationWithoutChecksumsComparesSizes(t *testing.T) {
	l := newLabOn(t, sendertest.NewMemoryWith(sendertest.MemoryOptions{NoChecksum: true}))
	l.file("f", 3*partSize)
	if _, err := l.memory.Put(t.Context(), &sender.Object{Key: "f", Size: 1}, sendertest.Payload([]byte("x"))); err != nil {
		t.Fatal(err)
	}
	if v, found := l.verdicts(); v.Different != 1 || !errors.Is(found["f"], ErrDiffers) {
		t.Errorf("%+v, %v", v, found["f"])
	}
}

// The object is the source, and the row says that the source should be another.
func TestVerificationHoldsTheSourceToItsRow(t *testing.T) {
	l := newLab(t)
	l.file("f", 3*partSize, `"checksum":"md5:00000000000000000000000000000000"`)
	data, err := os.ReadFile(l.path("f"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.memory.Put(t.Context(), &sender.Object{Key: "f", Size: int64(len(data))}, sendertest.Payload(data)); err != nil {
		t.Fatal(err)
	}
	if v, found := l.verdicts(); v.Different != 1 || !errors.Is(found["f"], ErrStated) {
		t.Errorf("%+v, %v", v, found["f"])
	}
}

// touched is a source that is written to, with the bytes that it had, as soon as some of it was read.
type touched struct {
	source
	path string
	data []byte
}

func (s *touched) Read(ctx context.Context, off int64, n int) (*reader.Chunk, error) {
	c, err := s.source.Read(ctx, off, n)
	return c, errors.Join(err, os.WriteFile(s.path, s.data, 0o600))
}

// What was hashed of a source that changed may be of two states of it.
func TestVerificationOfAChangingSourceProvesNothing(t *testing.T) {
	l := newLab(t)
	l.file("f", 3*partSize)
	l.finish()
	data, err := os.ReadFile(l.path("f"))
	if err != nil {
		t.Fatal(err)
	}
	l.between = func(open opener) opener {
		return func(path string) (source, error) {
			s, err := open(path)
			return &touched{s, path, data}, err
		}
	}
	l.with(func(job Job) {
		r, err := New(job)
		if err != nil {
			t.Fatal(err)
		}
		l.prepare(r)
		f := r.newFile(&manifests.Row{Number: 1, Source: "f", Path: filepath.Join(l.dir, "f"), Key: "f", Size: -1})
		r.verify(t.Context())(f)
		if f.status != journal.Failed || !errors.Is(f.err, reader.ErrChanged) {
			t.Errorf("%v, %v", f.status, f.err)
		}
	})
}
