package storage

import (
	"bufio"
	"fmt"
	"io"
	"time"

	"github.com/ingest-dev/ingest/devstore/internal/checksum"
)

// inlineLimit is the most content that stands in an object's record. Small enough that a bucket of small objects
// opens quickly, large enough that most small objects cost one file, and one fsync of a file instead of two.
const inlineLimit = 64 << 10

// Object is what is known of an object.
type Object struct {
	Key      string    `json:"key"`
	Size     int64     `json:"size"`
	Modified time.Time `json:"modified"` // UTC, whole milliseconds
	ETag     ETag      `json:"etag"`
	CRC64    uint64    `json:"crc64ecma"`
	Checksum Checksum  `json:"checksum,omitzero"`
	Meta     Meta      `json:"meta,omitzero"`
	// Version is the id that the object got in a bucket with versioning, "" in one without.
	Version string `json:"version,omitempty"`
	// Upload is the id of the upload that the object was completed from, "" for one that was put.
	Upload string `json:"upload,omitempty"`
	// MD5 is that of the content of such an object, nil unless its upload was sequential.
	MD5 *MD5 `json:"md5,omitempty"`
	// PartSizes are the sizes of the parts of such an object, in order.
	PartSizes []int64 `json:"part_sizes,omitempty"`
}

// Meta is what a client gave along with an object, and gets back.
type Meta struct {
	Headers      map[string]string `json:"headers,omitempty"` // Content-Type and the like, by canonical name
	User         map[string]string `json:"user,omitempty"`    // by lower-case name, without the dialect's prefix
	Tags         []Tag             `json:"tags,omitempty"`
	StorageClass string            `json:"storage_class,omitempty"`
	ACL          string            `json:"acl,omitempty"`
	Encryption   Encryption        `json:"encryption,omitzero"`
	Lock         *Lock             `json:"lock,omitempty"`
}

// Tag is one tag of an object.
type Tag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Checksum is the checksum of an object that the S3 dialect shows. Its zero value means that there is none.
type Checksum struct {
	Algorithm checksum.Algorithm `json:"algorithm"`
	Kind      checksum.Kind      `json:"kind"`
	Sum       []byte             `json:"sum"`
}

// record is an object's file.
type record struct {
	Object
	Inline  int64    `json:"inline,omitempty"`  // bytes of content behind the line
	Extents []extent `json:"extents,omitempty"` // if there are none behind the line
}

// extent is a content file.
type extent struct {
	ID   string `json:"id"`
	Size int64  `json:"size"`
}

func (r *record) blobs() []string {
	ids := make([]string, len(r.Extents))
	for i, e := range r.Extents {
		ids[i] = e.ID
	}
	return ids
}

func readContent(in *bufio.Reader, path string, n int64) ([]byte, error) {
	if n < 0 || n > inlineLimit {
		return nil, fmt.Errorf("%w: %s: %d bytes of content", ErrDamaged, path, n)
	}
	content := make([]byte, n)
	if _, err := io.ReadFull(in, content); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrDamaged, path, err)
	}
	return content, nil
}
