package storage

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"

	"testing"
	"time"
)

// These are records as servers wrote them before objects had versions, encryption and locks, and uploads a sequence.
const (
	oldObject = `{"key":"k","size":3,"modified":"2026-01-02T03:04:05.006Z","etag":{"oss":"900150983cd24fb0d6963f7d28e17f72",` +
		`"s3":"900150983cd24fb0d6963f7d28e17f72"},"crc64ecma":3231342946509354535,"meta":{"headers":{"Content-Type":"text/plain"},` +
		`"tags":[{"key":"a","value":"b"}],"storage_class":"IA","acl":"private"},"inline":3}` + "\nabc"
	oldBucket = `{"created":"2026-01-02T03:04:05.006Z","acl":"private"}` + "\n"
	oldUpload = `{"key":"u","created":"2026-01-02T03:04:05.006Z","meta":{"acl":"private"}}` + "\n"
)

func TestRecordsOfOlderServersAreRead(t *testing.T) {
	s, b := open(t, t.TempDir())
	put(t, b, "k", []byte("other"))
	u := upload(t, b, "u")
	object, uploaded := b.recordPath("k"), filepath.Join(u.path(), uploadFile)
	check(t, s.Close())
	for path, record := range map[string]string{object: oldObject, uploaded: oldUpload, filepath.Join(b.path, bucketFile): oldBucket} {
		check(t, os.WriteFile(path, []byte(record), fileMode))
	}
	s, b = open(t, s.dir)
	defer func() { check(t, s.Close()) }()
	if got := get(t, b, "k"); string(got) != "abc" {
		t.Errorf("the content is %q", got)
	}
	o, err := b.Stat("k")
	check(t, err)
	if o.Version != "" || o.Meta.Encryption != (Encryption{}) || o.Meta.Lock != nil || o.Meta.StorageClass != "IA" || len(o.Meta.Tags) != 1 {
		t.Errorf("the object is %+v", o)
	}
	if v := b.Info().Versioning; v != Unversioned {
		t.Errorf("the bucket is %q", v)
	}
	u, err = b.Upload("u", u.ID)
	check(t, err)
	_, err = u.PutPart(7, stage(t, b, []byte("any order"), true))
	check(t, err)
	check(t, b.Delete("k"))
}

func TestRecordsWithoutNewFieldsAreAsTheyWere(t *testing.T) {
	b := fresh(t)
	put(t, b, "k", []byte("abc"))
	content, err := os.ReadFile(b.recordPath("k"))
	check(t, err)
	for _, field := range []string{"version", "encryption", "lock", "md5_state"} {
		if bytes.Contains(content, []byte(field)) {
			t.Errorf("the record has %s: %s", field, content)
		}
	}
}

func TestLockOutlivesARestart(t *testing.T) {
	s, b := open(t, t.TempDir())
	lock := &Lock{Mode: "GOVERNANCE", Until: time.Now().Add(time.Hour)}
	_, err := b.Put("k", stage(t, b, []byte("kept"), false), Meta{Lock: lock}, Checksum{}, nil)
	check(t, err)
	check(t, s.Close())
	s, b = open(t, s.dir)
	defer func() { check(t, s.Close()) }()
	if err := b.Delete("k"); !errors.Is(err, ErrRetained) {
		t.Errorf("deleting it: %v", err)
	}
}
