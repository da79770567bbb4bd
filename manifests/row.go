package manifests

import (
	"maps"
	"time"
)

// Row is one entry of a manifest: a source, the key to store it under, and what goes with it.
type Row struct {
	Number int64 // the position among the rows, from 1; blank lines and comments do not count
	Line   int64 // where it stands in the manifest, from 1

	Source string // as the manifest states it
	Path   string // the file to open: Source itself if it is absolute, else below the root
	Key    string // the key to store under, with the prefix in front

	Size         int64             // bytes; -1: not stated
	Checksum     string            // "algorithm:hex" in lower case; empty: not stated
	ContentType  string            // empty: not stated
	Metadata     map[string]string // names are HTTP tokens; nil: none
	Tags         map[string]string // nil: none
	StorageClass string            // empty: the store's default
	ACL          string            // empty: the store's default

	CacheControl       string // empty: not stated, as are the following
	ContentDisposition string
	ContentEncoding    string
	ContentLanguage    string
	Expires            time.Time // UTC, whole seconds; zero: not stated
	Encryption         string    // the store's own word, such as AES256; empty: the bucket's default
	EncryptionKey      string    // the id of a key that the store keeps, never the key itself
	LockMode           string    // GOVERNANCE or COMPLIANCE
	LockUntil          time.Time // UTC, whole seconds; zero: not stated
	LegalHold          bool

	Callback     string            // whom the store is to tell, as the JSON object that OSS defines; empty: nobody
	CallbackVars map[string]string // what it is to tell besides; nil: nothing
}

// Clone returns a copy that stays valid when the next row is read.
func (r *Row) Clone() *Row {
	c := *r
	c.Metadata = maps.Clone(r.Metadata)
	c.Tags = maps.Clone(r.Tags)
	c.CallbackVars = maps.Clone(r.CallbackVars)
	return &c
}
