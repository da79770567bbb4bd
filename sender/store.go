package sender

import (
	"context"
	"iter"
	"time"

	"github.com/ingest-dev/ingest/hasher"
)

// Store is a destination that keeps objects.
//
// Every method may be called from many goroutines at once. Arguments belong to the caller: a store neither keeps
// nor changes them, and has stopped reading a payload's bytes when the call returns, whatever it returns.
// Every wait ends with ctx. Errors are *[Error].
type Store interface {
	Rules

	// Put stores a whole object in one request. It may be repeated. Nothing is visible unless all of it is.
	// With [Object.OnlyNew] it fails with [ErrExists], atomically, where there is an object.
	Put(ctx context.Context, o *Object, p Payload) (Receipt, error)

	// Begin opens an upload. Repeated, it opens another. Nothing of the object is visible before Complete.
	// With [Object.OnlyNew] it fails with [ErrExists] where there is an object already, before any byte is sent, if the
	// store can be asked.
	Begin(ctx context.Context, o *Object) (Upload, error)

	// SendPart stores one part of an upload. It may be repeated; the last one of a number counts.
	// It fails with [ErrNoSuchUpload] once the upload is gone.
	SendPart(ctx context.Context, u Upload, p Part) (Receipt, error)

	// Parts yields the parts that an upload holds, by ascending number. It stops at its first error, which is
	// [ErrNoSuchUpload] once the upload is gone.
	Parts(ctx context.Context, u Upload) iter.Seq2[StoredPart, error]

	// Complete makes the object visible, atomically, out of the parts given. It may have worked though it failed:
	// repeated, it then answers [ErrNoSuchUpload], and Head tells. With [Object.OnlyNew] it fails with [ErrExists],
	// atomically, where there is an object, and the upload stays open.
	Complete(ctx context.Context, u Upload, o *Object, c Completion) (Receipt, error)

	// Abort ends an upload and drops its parts. It succeeds if the upload is gone already.
	Abort(ctx context.Context, u Upload) error

	// Head says what the store holds under a key, or fails with [ErrNotFound]. Under [WithoutChecksum] it need not say
	// a checksum nor an ETag.
	Head(ctx context.Context, key string) (Info, error)
}

// Rules is what can be known of a store without asking it. The methods do not block.
type Rules interface {
	// Limits returns the sizes that the store accepts.
	Limits() Limits

	// Wire returns the checksum that the store compares on receipt, for which payloads should carry a sum.
	// It may change during a run, after an answer has shown what the endpoint can do.
	Wire() hasher.Algorithm

	// Check returns why the store would refuse an object with these properties, or nil. The error is meant for
	// the manifest's author: it says what is wrong with which field.
	Check(o *Object) error
}

// UploadLister is a store that can list the uploads it holds open.
type UploadLister interface {
	// Uploads yields the open uploads whose key starts with prefix, ordered by key. It stops at its first error.
	Uploads(ctx context.Context, prefix string) iter.Seq2[OpenUpload, error]
}

// Limits are the sizes that a store accepts, in bytes. Zero means no limit.
type Limits struct {
	MinPart   int64 // of every part but the last
	MaxPart   int64
	MaxParts  int // parts of one upload
	MaxPut    int64
	MaxObject int64
}

// Object is what a row wants stored: where, and what goes with it. The bytes come as a [Payload] or as parts.
type Object struct {
	Key          string // the whole key in the bucket, prefix included
	Size         int64  // bytes
	ContentType  string // empty: the store's default
	Metadata     map[string]string
	Tags         map[string]string
	StorageClass string
	ACL          string

	CacheControl       string // of the headers that the store gives back with the object; empty: none
	ContentDisposition string
	ContentEncoding    string
	ContentLanguage    string
	Expires            time.Time // UTC, whole seconds; zero: none
	Encryption         string    // the store's word for how it encrypts; empty: the bucket's default
	EncryptionKey      string    // the id of a key that the store keeps
	LockMode           string    // GOVERNANCE or COMPLIANCE, with LockUntil; empty: no lock
	LockUntil          time.Time // UTC, whole seconds; zero: no lock
	LegalHold          bool

	OnlyNew      bool              // fail with [ErrExists] rather than replace an object
	Callback     string            // whom the store is to tell of the object, as JSON that OSS defines; empty: nobody
	CallbackVars map[string]string // what it is to tell besides; names start with "x:"
}

// Payload is bytes in memory with the checksums taken of exactly these bytes.
type Payload struct {
	Data []byte
	Sums hasher.Sums
}

// Upload is a multipart upload that a store holds open.
type Upload struct {
	Key string
	ID  string // at most 1,024 bytes
}

// Part is a range of an object on its way into an upload.
type Part struct {
	Number int   // from 1
	Offset int64 // of its first byte in the object
	Payload
}

// StoredPart is a part as a store lists it, or as its receipt stated it.
type StoredPart struct {
	Number   int
	Size     int64
	ETag     string
	Checksum hasher.Checksum // zero if the store says none
}

// OpenUpload is an upload as a store lists it.
type OpenUpload struct {
	Upload
	Begun time.Time
}

// Completion is what an upload becomes an object of.
type Completion struct {
	Parts []StoredPart    // by ascending number; ETags as the receipts stated them
	Whole hasher.Checksum // of the whole object, in the store's wire algorithm; zero if it does not combine
}

// Receipt is what a store answered for a part or an object.
type Receipt struct {
	ETag      string          // without quotes; at most 128 bytes
	VersionID string          // empty if the bucket keeps no versions; at most 128 bytes
	Checksum  hasher.Checksum // what the store says it holds; zero if it says nothing
	Attempts  int             // tries that this receipt took; set by the retry decorator
	Callback  *Callback       // what became of the object's callback; nil if none was asked for
}

// Callback is what became of a store's telling an application server of an object, which is stored in any case.
type Callback struct {
	Answer []byte // the application server's, of which at most [MaxAnswer] bytes are kept
	Err    *Error // why it failed, or may have; nil: it did not
}

// MaxAnswer is how much of an application server's answer is kept, in bytes.
const MaxAnswer = 4 << 10

// Info is what a store says of an object that it holds.
type Info struct {
	Size      int64
	ETag      string
	VersionID string
	Modified  time.Time // by the store's clock, often of one second's grain
	Checksum  hasher.Checksum
	Metadata  map[string]string
}
