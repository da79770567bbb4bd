package storage

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
)

func TestReaderReadsTheObjectThatItOpened(t *testing.T) {
	for name, replace := range map[string]func(t *testing.T, b *Bucket){
		"replaced": func(t *testing.T, b *Bucket) { put(t, b, "k", large('n')) },
		"removed":  func(t *testing.T, b *Bucket) { check(t, b.Delete("k")) },
		"tagged":   func(t *testing.T, b *Bucket) { check(t, b.Update("k", func(m *Meta) { m.ACL = "x" })) },
	} {
		t.Run(name, func(t *testing.T) {
			b := fresh(t)
			u := upload(t, b, "k", large('a'), large('b'))
			_, err := u.Complete(everything, nil)
			check(t, err)
			one, err := b.Open("k")
			check(t, err)
			two, err := b.Open("k")
			check(t, err)
			replace(t, b)
			one.Close()
			one.Close()
			var got bytes.Buffer
			check(t, two.WriteRange(&got, 0, two.Size))
			if !bytes.Equal(got.Bytes(), append(large('a'), large('b')...)) {
				t.Error("it read something else")
			}
			two.Close()
			if n := map[string]int{"replaced": 1, "removed": 0, "tagged": 2}[name]; files(t, b, dataDir) != n {
				t.Errorf("%d content files, want %d", files(t, b, dataDir), n)
			}
		})
	}
}

func TestRangesOverExtents(t *testing.T) {
	b := fresh(t)
	u := upload(t, b, "k", []byte("0123"), nil, []byte("4"), []byte("56789"))
	_, err := u.Complete(everything, nil)
	check(t, err)
	r, err := b.Open("k")
	check(t, err)
	defer r.Close()
	const all = "0123456789"
	for from := range len(all) {
		for n := range len(all) - from + 1 {
			var got bytes.Buffer
			check(t, r.WriteRange(&got, int64(from), int64(n)))
			section := r.Range(int64(from), int64(n))
			var again bytes.Buffer
			_, err := again.ReadFrom(section)
			check(t, errors.Join(err, section.Close()))
			if want := all[from : from+n]; got.String() != want || again.String() != want {
				t.Errorf("%d bytes from %d: %q and %q", n, from, got.String(), again.String())
			}
		}
	}
}

func TestShortContentFileIsAnErrorAndNotAnEnd(t *testing.T) {
	b := fresh(t)
	s := stage(t, b, large('x'), false)
	path := b.blobPath(s.blob)
	_, err := b.Put("k", s, Meta{}, Checksum{}, nil)
	check(t, err)
	check(t, os.Truncate(path, 5))
	r, err := b.Open("k")
	check(t, err)
	defer r.Close()
	if err := r.WriteRange(new(bytes.Buffer), 0, r.Size); err == nil {
		t.Error("WriteRange says nothing")
	}
	section := r.Range(0, r.Size)
	defer func() { _ = section.Close() }()
	if _, err := new(bytes.Buffer).ReadFrom(section); err == nil {
		t.Error("Range says nothing")
	}
}

func TestGuardDecidesBeforeAnythingChanges(t *testing.T) {
	b := fresh(t)
	put(t, b, "k", []byte("old"))
	refuse := errors.New("refused")
	s := stage(t, b, large('n'), false)
	_, err := b.Put("k", s, Meta{}, Checksum{}, func(e *Entry) error {
		if e == nil || e.Size != 3 {
			t.Errorf("guarding %+v", e)
		}
		return refuse
	})
	if !errors.Is(err, refuse) {
		t.Error(err)
	}
	s.Discard()
	if got := get(t, b, "k"); string(got) != "old" || files(t, b, dataDir) != 0 {
		t.Errorf("k is %q, %d content files", got, files(t, b, dataDir))
	}
}

func TestOnlyOneOfManyIsTheFirst(t *testing.T) {
	b := fresh(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for i := range 16 {
		wg.Go(func() {
			s, err := b.Stage(bytes.NewReader(large(byte(i))), StageOptions{Limit: limit})
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Discard()
			_, err = b.Put("k", s, Meta{}, Checksum{}, func(e *Entry) error {
				if e != nil {
					return ErrBucketExists
				}
				return nil
			})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won++
			}
		})
	}
	wg.Wait()
	if won != 1 || files(t, b, dataDir) != 1 {
		t.Errorf("%d won, %d content files", won, files(t, b, dataDir))
	}
}

func TestEverythingAtOnce(t *testing.T) {
	b := fresh(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 20 {
				key := fmt.Sprint("k", (i+n)%3)
				s, err := b.Stage(bytes.NewReader(large(byte('a'+i))), StageOptions{Limit: limit})
				if err == nil {
					_, err = b.Put(key, s, Meta{}, Checksum{}, nil)
				}
				if err != nil {
					t.Error(err)
				}
				b.List(ListOptions{Max: 10})
				if n%5 == 0 {
					if err := b.Delete(key); err != nil {
						t.Error(err)
					}
				}
				r, err := b.Open(key)
				if errors.Is(err, ErrNoSuchKey) {
					continue
				}
				var got bytes.Buffer
				if err == nil {
					err = r.WriteRange(&got, 0, r.Size)
					r.Close()
				}
				if err != nil || len(bytes.Trim(got.Bytes(), got.String()[:1])) != 0 {
					t.Errorf("%s: a mix, or %v", key, err)
				}
			}
		})
	}
	wg.Wait()
	if objects, _, _ := b.Usage(); files(t, b, dataDir) != objects || files(t, b, objectsDir) != objects {
		t.Errorf("%d objects, %d content files", objects, files(t, b, dataDir))
	}
}

func TestRemovedBucketTakesNothingIn(t *testing.T) {
	s, b := open(t, t.TempDir())
	defer func() { check(t, s.Close()) }()
	staged := stage(t, b, []byte("x"), false)
	u := upload(t, b, "k")
	if err := s.DeleteBucket("demo", false); !errors.Is(err, ErrBucketNotEmpty) {
		t.Errorf("with an open upload: %v", err)
	}
	check(t, s.DeleteBucket("demo", true))
	if _, err := b.Put("k", staged, Meta{}, Checksum{}, nil); !errors.Is(err, ErrNoSuchBucket) {
		t.Errorf("put: %v", err)
	}
	if err := u.Abort(); !errors.Is(err, ErrNoSuchBucket) {
		t.Errorf("abort: %v", err)
	}
	if _, err := b.CreateUpload(UploadInfo{Key: "k"}); !errors.Is(err, ErrNoSuchBucket) {
		t.Errorf("upload: %v", err)
	}
	check(t, s.CreateBucket("demo", BucketInfo{}))
}

func TestTenThousandPartsAreOneRecord(t *testing.T) {
	b := fresh(t)
	u, err := b.CreateUpload(UploadInfo{Key: "k"})
	check(t, err)
	for number := 1; number <= MaxParts; number++ {
		u.parts[number] = Part{Number: number, Size: 1 << 20, Blob: newID()}
	}
	o, err := u.Complete(everything, nil)
	check(t, err)
	if o.Size != MaxParts<<20 || o.ETag.Parts != MaxParts || files(t, b, dataDir) != 0 {
		t.Errorf("%d bytes, %d parts", o.Size, o.ETag.Parts)
	}
}
