package dir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
)

// wire is the checksum of this store: it is fast, and it combines.
const wire = hasher.CRC64NVME

// What the store makes is for its owner alone.
const (
	fileMode   fs.FileMode = 0o600
	folderMode fs.FileMode = 0o700
)

// Store is a directory that keeps objects. It may be used from many goroutines at once.
type Store struct {
	root    *os.Root
	swept   sync.Once
	durable folders

	mu      sync.Mutex
	uploads map[string]*upload // those that this process has used, by id
}

var (
	_ sender.Store        = (*Store)(nil)
	_ sender.UploadLister = (*Store)(nil)
)

// New returns a store in the directory at path, which must exist: a missing one is more likely a disk that is not
// mounted than a wish. The error is an *sender.Error.
func New(path string) (*Store, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		e := failed("open store", path, 0, err)
		e.Kind = sender.StopRun
		if errors.Is(err, fs.ErrNotExist) {
			e.Hint = "make the directory first, or mount its disk"
		}
		return nil, e
	}
	return &Store{root: root, uploads: map[string]*upload{}}, nil
}

// String returns the URL of the directory, as New was given its path.
func (s *Store) String() string { return "file://" + filepath.ToSlash(filepath.Clean(s.root.Name())) }

// Close gives the directory back, and removes the staging folder if nothing is on its way. Calls must have returned.
func (s *Store) Close() error {
	_ = s.root.Remove(staging) // fails while uploads are open, as it should
	return s.root.Close()
}

// Limits returns no limits: an object may have as many parts, of any size, as the disk has room for.
func (s *Store) Limits() sender.Limits { return sender.Limits{} }

// Wire returns CRC-64/NVME.
func (s *Store) Wire() hasher.Algorithm { return wire }

// Check refuses keys that cannot be a path below the root, and what a file cannot keep: all properties of an object but
// one. A content type is no reason to refuse: it follows from a file's name, and is ignored.
func (s *Store) Check(o *sender.Object) error {
	for _, p := range [...]struct {
		stated bool
		field  string
	}{
		{len(o.Metadata) > 0, "metadata"},
		{len(o.Tags) > 0, "tags"},
		{o.StorageClass != "", "storage_class"},
		{o.ACL != "", "acl"},
		{o.CacheControl != "", "cache_control"},
		{o.ContentDisposition != "", "content_disposition"},
		{o.ContentEncoding != "", "content_encoding"},
		{o.ContentLanguage != "", "content_language"},
		{!o.Expires.IsZero(), "expires"},
		{o.Encryption != "", "encryption"},
		{o.EncryptionKey != "", "encryption_key"},
		{o.LockMode != "", "lock_mode"},
		{!o.LockUntil.IsZero(), "lock_until"},
		{o.LegalHold, "legal_hold"},
		{o.Callback != "", "callback"},
		{len(o.CallbackVars) > 0, "callback_vars"},
	} {
		if p.stated {
			return fmt.Errorf("%s: a directory keeps none", p.field)
		}
	}
	return checkKey(o.Key)
}

// nameOf returns the path of a key below the root, or why there is none.
func nameOf(op, key string) (string, error) {
	if err := checkKey(key); err != nil {
		return "", &sender.Error{Op: op, Key: key, Code: "InvalidObjectName", Message: err.Error()}
	}
	return filepath.FromSlash(key), nil
}
