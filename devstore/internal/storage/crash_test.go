package storage

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// copyTree takes a picture of a directory, as a crash would leave it.
func copyTree(t *testing.T, from string) string {
	t.Helper()
	to := t.TempDir()
	check(t, filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if e.IsDir() {
			return os.MkdirAll(target, dirMode)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, content, fileMode)
	}))
	return to
}

func TestCrashBeforePublicationLeavesTheOldObjectAndNoRubbish(t *testing.T) {
	s, b := open(t, t.TempDir())
	put(t, b, "k", large('o'))
	staged := stage(t, b, large('n'), false)
	check(t, os.WriteFile(filepath.Join(b.path, tmpDir, "half"), []byte(`{"key":"k"`), fileMode))
	check(t, os.Mkdir(filepath.Join(s.dir, asideStart+"half"), dirMode))
	crashed := copyTree(t, s.dir)
	staged.Discard()
	check(t, s.Close())

	s, b = open(t, crashed)
	defer func() { check(t, s.Close()) }()
	if got := get(t, b, "k"); !bytes.Equal(got, large('o')) {
		t.Errorf("k begins with %q", got[:1])
	}
	if files(t, b, dataDir) != 1 || files(t, b, tmpDir) != 0 {
		t.Errorf("%d content files, %d temporary ones", files(t, b, dataDir), files(t, b, tmpDir))
	}
	if left, _ := filepath.Glob(filepath.Join(s.dir, asideStart+"*")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func TestCrashAfterPublicationLeavesTheNewObjectAlone(t *testing.T) {
	s, b := open(t, t.TempDir())
	put(t, b, "k", large('o'))
	r, err := b.Open("k") // keeps the old content, as a crash before its removal does
	check(t, err)
	put(t, b, "k", large('n'))
	if files(t, b, dataDir) != 2 {
		t.Fatal("the reader does not keep the old content")
	}
	crashed := copyTree(t, s.dir)
	r.Close()
	check(t, s.Close())

	s, b = open(t, crashed)
	defer func() { check(t, s.Close()) }()
	if got := get(t, b, "k"); !bytes.Equal(got, large('n')) || files(t, b, dataDir) != 1 {
		t.Errorf("k begins with %q, %d content files", got[:1], files(t, b, dataDir))
	}
}

func TestCrashAfterCompletionEndsTheUpload(t *testing.T) {
	s, b := open(t, t.TempDir())
	u := upload(t, b, "k", large('a'), large('b'), []byte("left out"))
	open1 := copyTree(t, filepath.Join(b.path, uploadsDir))
	_, err := u.Complete(func(have []Part) (Choice, error) { return Choice{Parts: have[:2]}, nil }, nil)
	check(t, err)
	crashed := copyTree(t, s.dir)
	check(t, s.Close())
	// The record was published, the upload's folder not yet removed.
	uploads := filepath.Join(crashed, "demo", uploadsDir)
	check(t, os.RemoveAll(uploads))
	check(t, os.Rename(open1, uploads))

	s, b = open(t, crashed)
	defer func() { check(t, s.Close()) }()
	if _, err := b.Upload("k", u.ID); !errors.Is(err, ErrNoSuchUpload) {
		t.Errorf("the upload is open again: %v", err)
	}
	if got := get(t, b, "k"); !bytes.Equal(got, append(large('a'), large('b')...)) {
		t.Error("the object is not its parts")
	}
	if files(t, b, dataDir) != 2 || files(t, b, uploadsDir) != 0 {
		t.Errorf("%d content files, %d files of uploads", files(t, b, dataDir), files(t, b, uploadsDir))
	}
}

func TestCrashDuringAnUploadKeepsItsParts(t *testing.T) {
	s, b := open(t, t.TempDir())
	u := upload(t, b, "k", large('a'), []byte("tail"))
	_, err := u.PutPart(1, stage(t, b, large('A'), true))
	check(t, err)
	half := stage(t, b, large('x'), true)
	crashed := copyTree(t, s.dir)
	half.Discard()
	check(t, s.Close())

	s, b = open(t, crashed)
	defer func() { check(t, s.Close()) }()
	u, err = b.Upload("k", u.ID)
	check(t, err)
	if files(t, b, dataDir) != 2 || u.Meta.ACL != "private" {
		t.Errorf("%d content files, %+v", files(t, b, dataDir), u.Meta)
	}
	_, err = u.Complete(everything, nil)
	check(t, err)
	if got := get(t, b, "k"); !bytes.Equal(got, append(large('A'), "tail"...)) {
		t.Error("the object is not its parts")
	}
}

func TestPartWithoutItsContentIsForgotten(t *testing.T) {
	s, b := open(t, t.TempDir())
	u := upload(t, b, "k", large('a'), large('b'))
	dir := s.dir
	check(t, os.Remove(b.blobPath(u.parts[1].Blob)))
	check(t, s.Close())
	s, b = open(t, dir)
	defer func() { check(t, s.Close()) }()
	u, err := b.Upload("k", u.ID)
	check(t, err)
	if parts, _, _ := u.Page(0, 10); len(parts) != 1 || parts[0].Number != 2 {
		t.Errorf("parts: %+v", parts)
	}
}

func TestDamagedRecordIsReportedAndNotRemoved(t *testing.T) {
	for name, damage := range map[string]func(path string) error{
		"cut":         func(path string) error { return os.Truncate(path, 10) },
		"empty":       func(path string) error { return os.Truncate(path, 0) },
		"another key": func(path string) error { return os.Rename(path, path[:len(path)-1]+"z") },
	} {
		t.Run(name, func(t *testing.T) {
			s, b := open(t, t.TempDir())
			put(t, b, "k", []byte("content"))
			check(t, damage(b.recordPath("k")))
			check(t, s.Close())
			if _, err := Open(Options{Dir: s.dir}); !errors.Is(err, ErrDamaged) {
				t.Errorf("opened: %v", err)
			}
			if files(t, b, objectsDir) != 1 {
				t.Error("the record is gone")
			}
		})
	}
}

func TestForeignDirectoriesAreLeftAlone(t *testing.T) {
	dir := t.TempDir()
	other := filepath.Join(dir, "other", tmpDir, "file")
	check(t, os.MkdirAll(filepath.Dir(other), dirMode))
	check(t, os.WriteFile(other, nil, fileMode))
	s, _ := open(t, dir)
	defer func() { check(t, s.Close()) }()
	if _, err := os.Stat(other); err != nil || len(s.Buckets()) != 1 {
		t.Errorf("%v, %d buckets", err, len(s.Buckets()))
	}
	if err := s.CreateBucket("other", BucketInfo{}); err == nil {
		t.Error("a bucket took another's directory")
	}
}

// broken fails after some bytes.
type broken struct{ left int }

var errGone = errors.New("the sender is gone")

func (r *broken) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, errGone
	}
	n := min(r.left, len(p))
	r.left -= n
	return n, nil
}

func TestSenderThatVanishesLeavesNothing(t *testing.T) {
	b := fresh(t)
	for _, size := range []int{0, 1, inlineLimit, bufferSize, bufferSize + 1, 3 * bufferSize} {
		_, err := b.Stage(&broken{size}, StageOptions{Limit: limit})
		if e, ok := errors.AsType[*ReadError](err); !ok || !errors.Is(e, errGone) {
			t.Errorf("%d bytes: %v", size, err)
		}
		_, err = b.Stage(io.MultiReader(bytes.NewReader(make([]byte, size)), errorReader{io.ErrUnexpectedEOF}), StageOptions{Limit: limit})
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%d bytes were taken for all: %v", size, err)
		}
	}
	if _, err := b.Stage(bytes.NewReader(large('x')), StageOptions{Limit: inlineLimit}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
	if n := files(t, b, dataDir); n != 0 {
		t.Errorf("%d content files are left", n)
	}
}

type errorReader struct{ err error }

func (r errorReader) Read([]byte) (int, error) { return 0, r.err }
