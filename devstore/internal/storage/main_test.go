package storage

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open opens a store on dir, with a bucket.
func open(t *testing.T, dir string) (*Store, *Bucket) {
	t.Helper()
	s, err := Open(Options{Dir: dir, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.CreateBucket("demo", BucketInfo{}); err != nil && !errors.Is(err, ErrBucketExists) {
		t.Fatal(err)
	}
	b, err := s.Bucket("demo")
	if err != nil {
		t.Fatal(err)
	}
	return s, b
}

// fresh opens an empty store that is closed when the test ends.
func fresh(t *testing.T) *Bucket {
	t.Helper()
	s, b := open(t, t.TempDir())
	t.Cleanup(func() { check(t, s.Close()) })
	return b
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// limit is more than any test stages.
const limit = 1 << 30

func stage(t *testing.T, b *Bucket, content []byte, part bool) *Staged {
	t.Helper()
	s, err := b.Stage(bytes.NewReader(content), StageOptions{Limit: limit, Part: part})
	check(t, err)
	return s
}

func put(t *testing.T, b *Bucket, key string, content []byte) {
	t.Helper()
	_, err := b.Put(key, stage(t, b, content, false), Meta{}, Checksum{}, nil)
	check(t, err)
}

func get(t *testing.T, b *Bucket, key string) []byte {
	t.Helper()
	r, err := b.Open(key)
	check(t, err)
	defer r.Close()
	var whole bytes.Buffer
	check(t, r.WriteRange(&whole, 0, r.Size))
	section := r.Range(0, r.Size)
	again, err := io.ReadAll(section)
	check(t, errors.Join(err, section.Close()))
	if !bytes.Equal(whole.Bytes(), again) {
		t.Errorf("%s is not the same by both ways of reading it", key)
	}
	return again
}

// upload opens an upload of two parts that are not to be completed yet.
func upload(t *testing.T, b *Bucket, key string, contents ...[]byte) *Upload {
	t.Helper()
	u, err := b.CreateUpload(UploadInfo{Key: key, Meta: Meta{ACL: "private"}})
	check(t, err)
	for i, c := range contents {
		_, err := u.PutPart(i+1, stage(t, b, c, true))
		check(t, err)
	}
	return u
}

// everything chooses all parts.
func everything(have []Part) (Choice, error) { return Choice{Parts: have}, nil }

// files counts what lies below a folder of the bucket.
func files(t *testing.T, b *Bucket, folder string) (n int) {
	t.Helper()
	check(t, filepath.WalkDir(filepath.Join(b.path, folder), func(_ string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			n++
		}
		return err
	}))
	return n
}

// large is content that gets a file of its own.
func large(c byte) []byte { return bytes.Repeat([]byte{c}, inlineLimit+1) }
