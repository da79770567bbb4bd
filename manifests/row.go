package manifests

import "maps"

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
}

// Clone returns a copy that stays valid when the next row is read.
func (r *Row) Clone() *Row {
	c := *r
	c.Metadata = maps.Clone(r.Metadata)
	c.Tags = maps.Clone(r.Tags)
	return &c
}

// field is one of the things that a row states.
type field uint8

const (
	fieldSource field = iota
	fieldKey
	fieldSize
	fieldChecksum
	fieldContentType
	fieldMetadata
	fieldTags
	fieldStorageClass
	fieldACL
	fields // how many there are
)

// fieldNames are the names in all the formats.
var fieldNames = [fields]string{
	"source", "key", "size", "checksum", "content_type", "metadata", "tags", "storage_class", "acl",
}

func (f field) String() string { return fieldNames[f] }

// fieldOf returns the field of that name, without allocating. ok is false if there is none.
func fieldOf(name []byte) (f field, ok bool) {
	switch string(name) {
	case "source":
		return fieldSource, true
	case "key":
		return fieldKey, true
	case "size":
		return fieldSize, true
	case "checksum":
		return fieldChecksum, true
	case "content_type":
		return fieldContentType, true
	case "metadata":
		return fieldMetadata, true
	case "tags":
		return fieldTags, true
	case "storage_class":
		return fieldStorageClass, true
	case "acl":
		return fieldACL, true
	}
	return fields, false
}
