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
