package manifests

import "time"

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
	fieldCacheControl
	fieldContentDisposition
	fieldContentEncoding
	fieldContentLanguage
	fieldExpires
	fieldEncryption
	fieldEncryptionKey
	fieldLockMode
	fieldLockUntil
	fieldLegalHold
	fieldCallback
	fieldCallbackVars
	fields // how many there are
)

// fieldNames are the names in all the formats.
var fieldNames = [fields]string{
	"source", "key", "size", "checksum", "content_type", "metadata", "tags", "storage_class", "acl",
	"cache_control", "content_disposition", "content_encoding", "content_language", "expires",
	"encryption", "encryption_key", "lock_mode", "lock_until", "legal_hold", "callback", "callback_vars",
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
	return rareField(string(name))
}

// rareField is fieldOf for the fields that few manifests have.
func rareField(name string) (f field, ok bool) {
	for f := fieldACL + 1; f < fields; f++ {
		if fieldNames[f] == name {
			return f, true
		}
	}
	return fields, false
}

// text returns the place of a field that is a text, or nil.
func (r *Row) text(f field) *string {
	switch f {
	case fieldSource:
		return &r.Source
	case fieldKey:
		return &r.Key
	case fieldChecksum:
		return &r.Checksum
	case fieldContentType:
		return &r.ContentType
	case fieldStorageClass:
		return &r.StorageClass
	case fieldACL:
		return &r.ACL
	case fieldCacheControl:
		return &r.CacheControl
	case fieldContentDisposition:
		return &r.ContentDisposition
	case fieldContentEncoding:
		return &r.ContentEncoding
	case fieldContentLanguage:
		return &r.ContentLanguage
	case fieldEncryption:
		return &r.Encryption
	case fieldEncryptionKey:
		return &r.EncryptionKey
	case fieldLockMode:
		return &r.LockMode
	case fieldCallback:
		return &r.Callback
	}
	return nil
}

// time returns the place of a field that is a time, or nil.
func (r *Row) time(f field) *time.Time {
	switch f {
	case fieldExpires:
		return &r.Expires
	case fieldLockUntil:
		return &r.LockUntil
	}
	return nil
}
