package dir_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/dir"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

func put(t *testing.T, s *dir.Store, key, data string) error {
	t.Helper()
	p := sendertest.Payload([]byte(data), hasher.CRC64NVME)
	_, err := s.Put(t.Context(), &sender.Object{Key: key, Size: int64(len(data))}, p)
	return err
}

// tree returns the paths below root, sorted, folders with a slash.
func tree(t *testing.T, root string) string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(root, path)
		if d.IsDir() {
			name += "/"
		}
		all = append(all, filepath.ToSlash(name))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all[1:], " ") // without the root
}

func TestNewOfAMissingDirectory(t *testing.T) {
	_, err := dir.New(filepath.Join(t.TempDir(), "missing"))
	e, ok := errors.AsType[*sender.Error](err)
	if !ok || e.Kind != sender.StopRun || e.Hint == "" || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want one that stops the run and says what to do", err)
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	s, root := open(t)
	if err := put(t, s, "a/b/c", "data"); err != nil {
		t.Fatal(err)
	}
	p := sendertest.Payload([]byte("data"), hasher.CRC64NVME)
	p.Data[0]++
	if _, err := s.Put(t.Context(), &sender.Object{Key: "d", Size: 4}, p); !errors.Is(err, sender.ErrCorrupt) {
		t.Errorf("error %v, want %v", err, sender.ErrCorrupt)
	}
	if got := tree(t, root); got != ".ingest/ a/ a/b/ a/b/c" {
		t.Errorf("the directory holds %s", got)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, root); got != "a/ a/b/ a/b/c" {
		t.Errorf("after Close, the directory holds %s", got)
	}
}

func TestCloseKeepsOpenUploads(t *testing.T) {
	s, root := open(t)
	u, err := s.Begin(t.Context(), &sender.Object{Key: "key"})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	for p, err := range reopen(t, root).Parts(t.Context(), u) {
		t.Errorf("Parts: %v, %v, want none", p, err)
	}
}

func TestKeyBelowAKey(t *testing.T) {
	for _, keys := range [][2]string{{"a", "a/b"}, {"a/b", "a"}, {"a", "a/b/c/d"}} {
		s, _ := open(t)
		if err := put(t, s, keys[0], "first"); err != nil {
			t.Fatal(err)
		}
		err := put(t, s, keys[1], "second")
		e, ok := errors.AsType[*sender.Error](err)
		if !ok || e.Kind != sender.GiveUp || !strings.Contains(e.Hint, "folder of the other") {
			t.Errorf("%q after %q: %v, want an error that says why", keys[1], keys[0], err)
		}
	}
}

func TestCheckRefusesWhatAFileCannotKeep(t *testing.T) {
	s, _ := open(t)
	one := map[string]string{"k": "v"}
	for _, o := range []sender.Object{
		{Key: "k", Metadata: one}, {Key: "k", Tags: one}, {Key: "k", StorageClass: "IA"}, {Key: "k", ACL: "private"},
		{Key: "../k"}, {Key: "/k"}, {Key: "a/../k"}, {Key: "a/./k"}, {Key: "a//k"}, {Key: "k/"}, {Key: "."}, {Key: ".."},
		{Key: "a\x00"}, {Key: strings.Repeat("n", 256)}, {Key: ".ingest/k"}, {Key: ".INGEST/k"}, {Key: ".ingest"},
		{Key: strings.Repeat("n/", 2000) + "n"},
	} {
		if s.Check(&o) == nil {
			t.Errorf("Check accepts %+v", o)
		}
	}
	at := time.Date(2131, 1, 1, 0, 0, 0, 0, time.UTC)
	for field, o := range map[string]sender.Object{
		"metadata": {Metadata: one}, "tags": {Tags: one}, "storage_class": {StorageClass: "IA"}, "acl": {ACL: "private"},
		"cache_control": {CacheControl: "no-store"}, "content_disposition": {ContentDisposition: "inline"},
		"content_encoding": {ContentEncoding: "br"}, "content_language": {ContentLanguage: "de"}, "expires": {Expires: at},
		"encryption": {Encryption: "AES256"}, "encryption_key": {EncryptionKey: "k"}, "lock_mode": {LockMode: "COMPLIANCE"},
		"lock_until": {LockUntil: at}, "legal_hold": {LegalHold: true},
	} {
		o.Key = "k"
		if err := s.Check(&o); err == nil || !strings.HasPrefix(err.Error(), field+": ") {
			t.Errorf("%s: %v", field, err)
		}
	}
	if err := s.Check(&sender.Object{Key: "k", ContentType: "text/csv"}); err != nil {
		t.Errorf("Check refuses a content type: %v", err)
	}
}

// What Check refuses never becomes a path, whoever forgot to ask.
func TestPutChecksItsKey(t *testing.T) {
	s, root := open(t)
	for _, key := range []string{"../out", "a/../../out", "/out", ".ingest/out"} {
		if err := put(t, s, key, "data"); err == nil {
			t.Errorf("Put %q succeeded", key)
		}
		if _, err := s.Begin(t.Context(), &sender.Object{Key: key}); err == nil {
			t.Errorf("Begin %q succeeded", key)
		}
		if _, err := s.Head(t.Context(), key); err == nil || errors.Is(err, sender.ErrNotFound) {
			t.Errorf("Head %q: %v", key, err)
		}
	}
	if got := tree(t, filepath.Dir(root)); strings.Contains(got, "out") {
		t.Errorf("something escaped: %s", got)
	}
}

func TestSymbolicLinksDoNotLeadOut(t *testing.T) {
	s, root := open(t)
	outside := t.TempDir()
	secret := filepath.Join(outside, "secret")
	for _, err := range []error{
		os.WriteFile(secret, []byte("secret"), 0o600),
		os.Symlink(outside, filepath.Join(root, "folder")),
		os.Symlink(secret, filepath.Join(root, "file")),
	} {
		if err != nil {
			t.Skip("no symbolic links here: ", err)
		}
	}
	if err := put(t, s, "folder/new", "data"); err == nil {
		t.Error("Put through a link that leads out succeeded")
	}
	if info, err := s.Head(t.Context(), "file"); err == nil {
		t.Errorf("Head through a link that leads out: %+v", info)
	}
	if err := put(t, s, "file", "data"); err != nil { // replaces the link
		t.Error(err)
	}
	if got, _ := os.ReadFile(secret); string(got) != "secret" || tree(t, outside) != "secret" {
		t.Errorf("the outside holds %s, with %q", tree(t, outside), got)
	}
}

// Another process may remove the staging folder, as empty, at any moment.
func TestStagingFolderVanishes(t *testing.T) {
	s, root := open(t)
	done := make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(100 * time.Microsecond): // more often, and it would never be there
				_ = os.Remove(filepath.Join(root, ".ingest"))
			}
		}
	})
	for range 200 {
		if err := put(t, s, "a/b", "data"); err != nil {
			t.Error(err)
			break
		}
		if _, err := s.Begin(t.Context(), &sender.Object{Key: "key"}); err != nil {
			t.Error(err)
			break
		}
	}
	close(done)
	all.Wait()
}

// A folder may be removed after the store has come to know it.
func TestFolderVanishes(t *testing.T) {
	s, root := open(t)
	for range 2 {
		if err := put(t, s, "a/b/c", "data"); err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(filepath.Join(root, "a")); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLitterOfKilledRunsIsSwept(t *testing.T) {
	s, root := open(t)
	u, err := s.Begin(t.Context(), &sender.Object{Key: "key"})
	if err != nil {
		t.Fatal(err)
	}
	staging := filepath.Join(root, ".ingest")
	id := "0123456789abcdef0123456789abcdef"
	for _, name := range []string{"put-old", "put-new", "stranger"} {
		if err := os.WriteFile(filepath.Join(staging, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(staging, id), 0o700); err != nil {
		t.Fatal(err)
	}
	yesterday := time.Now().Add(-24 * time.Hour)
	for _, name := range []string{"put-old", "stranger", id, u.ID} {
		if err := os.Chtimes(filepath.Join(staging, name), yesterday, yesterday); err != nil {
			t.Fatal(err)
		}
	}
	if err := put(t, reopen(t, root), "object", "data"); err != nil {
		t.Fatal(err)
	}
	got := tree(t, root)
	for name, want := range map[string]bool{"put-old": false, id: false, "put-new": true, "stranger": true, u.ID + "/meta": true} {
		if strings.Contains(got, name) != want {
			t.Errorf("%s is there: %v, want %v, in %s", name, !want, want, got)
		}
	}
}
