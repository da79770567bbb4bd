package dir_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/dir"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// content is an object of three parts of four bytes.
const content = "aaaabbbbcccc"

// upload is an upload of content under "key".
type upload struct {
	*testing.T
	sender.Upload
	store *dir.Store
	root  string
}

func begin(t *testing.T) *upload {
	t.Helper()
	s, root := open(t)
	u, err := s.Begin(t.Context(), &sender.Object{Key: "key", Size: int64(len(content))})
	if err != nil {
		t.Fatal(err)
	}
	return &upload{t, u, s, root}
}

// file returns the path of one of the upload's files.
func (u *upload) file(name string) string { return filepath.Join(u.root, ".ingest", u.ID, name) }

// restart goes on with a store that knows only what is on the disk.
func (u *upload) restart() {
	u.Helper()
	u.store = reopen(u.T, u.root)
}

func (u *upload) try(number int, offset int64, data string) (sender.StoredPart, error) {
	p := sender.Part{Number: number, Offset: offset, Payload: sendertest.Payload([]byte(data), hasher.CRC64NVME)}
	r, err := u.store.SendPart(u.Context(), u.Upload, p)
	return sender.StoredPart{Number: number, Size: int64(len(data)), ETag: r.ETag, Checksum: r.Checksum}, err
}

// send sends a part of the content.
func (u *upload) send(number int) sender.StoredPart {
	u.Helper()
	p, err := u.try(number, int64(number-1)*4, content[(number-1)*4:][:4])
	if err != nil {
		u.Fatal(err)
	}
	return p
}

func (u *upload) sendAll() []sender.StoredPart {
	u.Helper()
	return []sender.StoredPart{u.send(1), u.send(2), u.send(3)}
}

// listed returns the numbers of the parts that the store lists.
func (u *upload) listed() (numbers []int) {
	u.Helper()
	for p, err := range u.store.Parts(u.Context(), u.Upload) {
		if err != nil {
			u.Fatal(err)
		}
		numbers = append(numbers, p.Number)
	}
	return numbers
}

func (u *upload) complete(size int, parts ...sender.StoredPart) error {
	o := &sender.Object{Key: "key", Size: int64(size)}
	_, err := u.store.Complete(u.Context(), u.Upload, o, sender.Completion{Parts: parts})
	return err
}

func (u *upload) wantComplete(parts ...sender.StoredPart) {
	u.Helper()
	if err := u.complete(len(content), parts...); err != nil {
		u.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(u.root, "key")); string(got) != content || err != nil {
		u.Errorf("the object holds %q, %v, want %q", got, err, content)
	}
	u.store.Close()
	if got := tree(u.T, u.root); got != "key" {
		u.Errorf("the directory holds %s", got)
	}
}

func TestAnotherProcessGoesOn(t *testing.T) {
	u := begin(t)
	one, three := u.send(1), u.send(3)
	u.restart()
	if got := u.listed(); !slices.Equal(got, []int{1, 3}) {
		t.Errorf("parts %v, want 1 and 3", got)
	}
	u.wantComplete(one, u.send(2), three)
}

func TestAnotherProcessAborts(t *testing.T) {
	u := begin(t)
	u.send(1)
	if err := reopen(t, u.root).Abort(t.Context(), u.Upload); err != nil {
		t.Fatal(err)
	}
	if _, err := u.try(2, 4, "bbbb"); !errors.Is(err, sender.ErrNoSuchUpload) {
		t.Errorf("error %v, want %v", err, sender.ErrNoSuchUpload)
	}
}

// A power cut can leave any beginning of the log; see TestReplayOfATornLog for every byte.
func TestTornLogIsGoneOnWith(t *testing.T) {
	for _, cut := range []int64{0, 1, 47, 48, 49, 95, 96, 140, 143, 144} {
		u := begin(t)
		u.sendAll()
		if err := os.Truncate(u.file("parts"), cut); err != nil {
			t.Fatal(err)
		}
		u.restart()
		if got, want := u.listed(), []int{1, 2, 3}[:cut/48]; !slices.Equal(got, want) {
			t.Fatalf("cut at %d: parts %v, want %v", cut, got, want)
		}
		u.send(3)
		u.restart()
		u.wantComplete(u.sendAll()...)
	}
}

func TestLogWithZerosBehind(t *testing.T) {
	u := begin(t)
	parts := u.sendAll()
	if err := os.Truncate(u.file("parts"), 4096); err != nil {
		t.Fatal(err)
	}
	u.restart()
	if got := u.listed(); !slices.Equal(got, []int{1, 2, 3}) {
		t.Errorf("parts %v, want all", got)
	}
	parts[1] = u.send(2) // behind the last record, not behind the zeros
	u.restart()
	u.wantComplete(parts...)
}

// See TestReplayOfADamagedLog for every byte.
func TestDamagedLogIsStartedAnew(t *testing.T) {
	for _, at := range []int{0, 100, 191} {
		u := begin(t)
		u.sendAll()
		if _, err := u.try(2, 4, "XXXX"); err != nil {
			t.Fatal(err)
		} // held 1, 2, 3, dropped 2, held 2
		log, err := os.ReadFile(u.file("parts"))
		if err != nil || len(log) != 5*48 {
			t.Fatalf("the log has %d bytes, %v", len(log), err)
		}
		log[at] ^= 1
		if err := os.WriteFile(u.file("parts"), log, 0o600); err != nil {
			t.Fatal(err)
		}
		u.restart()
		if got := u.listed(); len(got) != 0 {
			t.Fatalf("byte %d flipped: parts %v, want none", at, got)
		}
		u.send(1)
		u.restart()
		if got := u.listed(); !slices.Equal(got, []int{1}) {
			t.Fatalf("byte %d flipped: parts %v, want the one that was sent since", at, got)
		}
		u.wantComplete(u.sendAll()...)
	}
}

// From the moment that a part's bytes may be written over, the part is not there, also after a crash.
func TestRewrittenPartIsForgottenFirst(t *testing.T) {
	u := begin(t)
	parts := u.sendAll()
	p := sender.Part{Number: 2, Offset: 4, Payload: sendertest.Payload([]byte("XXXX"), hasher.CRC64NVME)}
	p.Data[0] = 'Y' // is written, and then refused
	if _, err := u.store.SendPart(t.Context(), u.Upload, p); !errors.Is(err, sender.ErrCorrupt) {
		t.Fatalf("error %v, want %v", err, sender.ErrCorrupt)
	}
	for range 2 {
		if got := u.listed(); !slices.Equal(got, []int{1, 3}) {
			t.Errorf("parts %v, want 1 and 3", got)
		}
		if err := u.complete(len(content), parts...); !errors.Is(err, sender.ErrInvalidPart) {
			t.Errorf("Complete: %v, want %v", err, sender.ErrInvalidPart)
		}
		u.restart()
	}
	parts[1] = u.send(2)
	u.wantComplete(parts...)
}

// A part at the wrong place spoils those that are there.
func TestOverlappingPartsAreForgotten(t *testing.T) {
	u := begin(t)
	u.sendAll()
	if _, err := u.try(7, 2, "XXXX"); err != nil {
		t.Fatal(err)
	}
	if got := u.listed(); !slices.Equal(got, []int{3, 7}) {
		t.Errorf("parts %v, want 3 and 7", got)
	}
	u.wantComplete(u.sendAll()...)
}

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

// What the log says of a part is what data holds, also when the same part is sent many times at once.
func TestSamePartSentAtOnce(t *testing.T) {
	u := begin(t)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			p := sender.Part{Number: 1, Payload: sendertest.Payload(sendertest.Bytes(uint64(i), 1<<20), hasher.CRC64NVME)}
			if _, err := u.store.SendPart(t.Context(), u.Upload, p); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	data, err := os.ReadFile(u.file("data"))
	if err != nil {
		t.Fatal(err)
	}
	for p, err := range u.store.Parts(t.Context(), u.Upload) {
		if want := sendertest.Payload(data, hasher.CRC64NVME).Sums.Get(hasher.CRC64NVME); p.Checksum != want || err != nil {
			t.Errorf("the part has %v, %v, the file %v", p.Checksum, err, want)
		}
	}
}

// Abort waits for the parts that are being sent; those that come later find no upload.
func TestAbortWhilePartsAreSent(t *testing.T) {
	u := begin(t)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			p := sender.Part{Number: i + 1, Offset: int64(i) << 20, Payload: sendertest.Payload(sendertest.Bytes(uint64(i), 1<<20))}
			if _, err := u.store.SendPart(t.Context(), u.Upload, p); err != nil && !errors.Is(err, sender.ErrNoSuchUpload) {
				t.Error(err)
			}
		})
	}
	if err := u.store.Abort(t.Context(), u.Upload); err != nil {
		t.Error(err)
	}
	all.Wait()
	u.store.Close()
	if got := tree(t, u.root); got != "" {
		t.Errorf("the directory holds %s", got)
	}
}

// An upload is named by its key too: by another it is none, and becomes no object under that.
func TestUploadIsOfItsKeyAlone(t *testing.T) {
	u := begin(t)
	parts := u.sendAll()
	other := &upload{t, sender.Upload{Key: "other", ID: u.ID}, u.store, u.root}
	_, sent := other.try(1, 0, "xxxx")
	for call, err := range map[string]error{"SendPart": sent, "Complete": other.complete(len(content), parts...)} {
		if !errors.Is(err, sender.ErrNoSuchUpload) {
			t.Errorf("%s: %v", call, err)
		}
	}
	if err := other.store.Abort(t.Context(), other.Upload); err != nil {
		t.Error(err)
	}
	u.wantComplete(parts...)
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

func TestUploadIDsAreNoPaths(t *testing.T) {
	s, root := open(t)
	for name, text := range map[string]string{"data": "data", "meta": `{"version":1,"key":"key"}`} {
		if err := put(t, s, "object/"+name, text); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []string{"../object", "", ".", "..", "/", strings.Repeat("0", 31) + "/"} {
		u := sender.Upload{Key: "key", ID: id}
		if err := s.Abort(t.Context(), u); err != nil {
			t.Errorf("Abort of %q: %v", id, err)
		}
		if _, err := s.SendPart(t.Context(), u, sender.Part{Number: 1}); !errors.Is(err, sender.ErrNoSuchUpload) {
			t.Errorf("SendPart to %q: %v", id, err)
		}
	}
	if _, err := os.Stat(filepath.Join(root, "object", "data")); err != nil {
		t.Error(err)
	}
}
