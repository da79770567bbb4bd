package dir_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
)

func TestCompleteOfPartsThatMakeNoObject(t *testing.T) {
	u := begin(t)
	p := u.sendAll()
	other, shorter := p[1], p[1]
	other.ETag, shorter.Size = p[0].ETag, p[1].Size-1
	for name, err := range map[string]error{
		"another ETag":    u.complete(12, p[0], other, p[2]),
		"another size":    u.complete(12, p[0], shorter, p[2]),
		"a gap":           u.complete(8, p[0], p[2]),
		"no beginning":    u.complete(8, p[1], p[2]),
		"the wrong order": u.complete(12, p[1], p[0], p[2]),
		"a part twice":    u.complete(16, p[0], p[0], p[1], p[2]),
		"too small":       u.complete(13, p...),
		"too large":       u.complete(11, p...),
		"no parts":        u.complete(0),
	} {
		if !errors.Is(err, sender.ErrInvalidPart) || sender.KindOf(err) != sender.GiveUp {
			t.Errorf("%s: %v, want %v", name, err, sender.ErrInvalidPart)
		}
	}
	u.wantComplete(p...)
}

func TestCompleteOfOtherBytesThanMeant(t *testing.T) {
	u := begin(t)
	p := u.sendAll()
	meant := hasher.Sum([]byte("aaaabbbbXccc"), hasher.SetOf(hasher.CRC64NVME)).Get(hasher.CRC64NVME)
	o := &sender.Object{Key: "key", Size: int64(len(content))}
	_, err := u.store.Complete(t.Context(), u.Upload, o, sender.Completion{Parts: p, Whole: meant})
	if !errors.Is(err, sender.ErrCorrupt) || sender.KindOf(err) != sender.GiveUp {
		t.Errorf("error %v, want %v to give up", err, sender.ErrCorrupt)
	}
	if _, err := u.store.Head(t.Context(), "key"); !errors.Is(err, sender.ErrNotFound) {
		t.Errorf("Head: %v, want %v", err, sender.ErrNotFound)
	}
}

// Complete cuts what it does not need, and then fails: what was cut must not be listed any more.
func TestCompleteThatFailsAfterCutting(t *testing.T) {
	u := begin(t)
	p := u.sendAll()
	folder := filepath.Join(u.root, "key")
	if err := os.MkdirAll(filepath.Join(folder, "below"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := u.complete(8, p[0], p[1]); err == nil {
		t.Fatal("Complete over a folder succeeded")
	}
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	if got := u.listed(); !slices.Equal(got, []int{1, 2}) {
		t.Errorf("parts %v, want 1 and 2", got)
	}
	u.wantComplete(p[0], p[1], u.send(3))
}

// A crash came after the object became visible, and before the upload was removed.
func TestCrashAfterCompletion(t *testing.T) {
	u := begin(t)
	p := u.sendAll()
	if err := os.Rename(u.file("data"), filepath.Join(u.root, "key")); err != nil {
		t.Fatal(err)
	}
	u.restart()
	if err := u.complete(len(content), p...); !errors.Is(err, sender.ErrNoSuchUpload) {
		t.Errorf("error %v, want %v", err, sender.ErrNoSuchUpload)
	}
	for open, err := range u.store.Uploads(t.Context(), "") {
		t.Errorf("upload %v, %v is listed", open, err)
	}
	if err := u.store.Abort(t.Context(), u.Upload); err != nil {
		t.Error(err)
	}
	u.store.Close()
	if got := tree(t, u.root); got != "key" {
		t.Errorf("the directory holds %s", got)
	}
}

// The log holds parts, and somebody has cut the file that holds their bytes: zeros must not take their place.
func TestCompleteOfBytesThatAreGone(t *testing.T) {
	u := begin(t)
	parts := u.sendAll()
	if err := os.Truncate(u.file("data"), 6); err != nil {
		t.Fatal(err)
	}
	if err := u.complete(len(content), parts...); !errors.Is(err, sender.ErrInvalidPart) {
		t.Errorf("error %v, want %v", err, sender.ErrInvalidPart)
	}
	if _, err := os.Stat(filepath.Join(u.root, "key")); err == nil {
		t.Error("the object is visible")
	}
}

// A part that was sent and is not named does not get into the object.
func TestCompleteLeavesOutWhatLiesBehind(t *testing.T) {
	u := begin(t)
	parts := u.sendAll()
	if err := u.complete(8, parts[:2]...); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(u.root, "key")); string(got) != content[:8] || err != nil {
		t.Errorf("the object holds %q, %v", got, err)
	}
}
