package dir_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// Gigabytes would be written for nothing.
func TestUploadIsNotBegunWhereAnObjectIs(t *testing.T) {
	s, root := open(t)
	if err := put(t, s, "a", "data"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Begin(t.Context(), &sender.Object{Key: "a", OnlyNew: true}); !errors.Is(err, sender.ErrExists) {
		t.Errorf("%v, want ErrExists", err)
	}
	if got, want := tree(t, root), ".ingest/ a"; got != want {
		t.Errorf("the directory holds %s, want %s", got, want)
	}
}

// A link that stayed would let whoever writes to the one file change the other.
func TestNewObjectHasOneNameAlone(t *testing.T) {
	s, root := open(t)
	o := &sender.Object{Key: "a/new", Size: 4, OnlyNew: true}
	p := sendertest.Payload([]byte("data"), hasher.CRC64NVME)
	if _, err := s.Put(t.Context(), o, p); err != nil {
		t.Fatal(err)
	}
	o.Key = "a/large"
	u, err := s.Begin(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.SendPart(t.Context(), u, sender.Part{Number: 1, Payload: p})
	if err != nil {
		t.Fatal(err)
	}
	parts := []sender.StoredPart{{Number: 1, Size: 4, ETag: r.ETag, Checksum: r.Checksum}}
	if _, err := s.Complete(t.Context(), u, o, sender.Completion{Parts: parts}); err != nil {
		t.Fatal(err)
	}
	if got, want := tree(t, root), ".ingest/ a/ a/large a/new"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// The bytes leave the upload before they get the object's name. Where they cannot get it, the upload has them back.
func TestUploadKeepsItsBytesWhereTheObjectCannotBeMade(t *testing.T) {
	u := begin(t)
	parts := u.sendAll()
	if err := os.Mkdir(filepath.Join(u.root, "key"), 0o700); err != nil {
		t.Fatal(err)
	}
	o := &sender.Object{Key: "key", Size: int64(len(content)), OnlyNew: true}
	if _, err := u.store.Complete(t.Context(), u.Upload, o, sender.Completion{Parts: parts}); err == nil || errors.Is(err, sender.ErrExists) {
		t.Fatalf("%v, want an error that is of the folder", err)
	}
	if err := os.Remove(filepath.Join(u.root, "key")); err != nil {
		t.Fatal(err)
	}
	u.wantComplete(parts...)
}

func TestFolderInTheWayIsNoObject(t *testing.T) {
	s, root := open(t)
	if err := os.MkdirAll(filepath.Join(root, "a", "b"), 0o700); err != nil {
		t.Fatal(err)
	}
	p := sendertest.Payload([]byte("data"), hasher.CRC64NVME)
	_, err := s.Put(t.Context(), &sender.Object{Key: "a/b", Size: 4, OnlyNew: true}, p)
	if e, ok := errors.AsType[*sender.Error](err); !ok || errors.Is(err, sender.ErrExists) || e.Hint == "" {
		t.Errorf("%v, want an error that says what is in the way", err)
	}
}

// A terabyte would take an hour.
func TestHeadWithoutChecksumDoesNotRead(t *testing.T) {
	s, root := open(t)
	if err := put(t, s, "a", "data"); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(root, "a"), 1<<40); err != nil {
		t.Skip("no sparse files:", err)
	}
	info, err := s.Head(sender.WithoutChecksum(t.Context()), "a")
	if err != nil || info.Size != 1<<40 || !info.Checksum.IsZero() {
		t.Errorf("%+v, %v", info, err)
	}
}

func TestCallbackIsRefused(t *testing.T) {
	s, _ := open(t)
	if err := s.Check(&sender.Object{Key: "a", Callback: "{}"}); err == nil {
		t.Error("a directory promises to call back")
	}
}
