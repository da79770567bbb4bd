package dialect

import (
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// PutLimit is the most bytes of one object that is put and of one part, the same in both APIs.
const PutLimit = 5 << 30

// Traits are what tells one dialect from the other in operations that are otherwise the same. All are set, but for
// the texts, of which any may be empty.
type Traits struct {
	Prefix    string // of its headers, such as "x-oss-"
	Namespace string // of its XML
	Region    string // of a bucket, as a header states it
	Location  string // of a bucket, as XML states it

	// NotDone are headers that ask for something the emulator does not do, or only in the operations whose routes say
	// so. To ignore one would be to do something else than what was asked.
	NotDone []string

	Pages     Pages
	KeepSlash bool // encoding-type=url leaves "/" as it is

	Refusals    *Refusals
	ValidBucket func(name string) bool
	CheckKey    func(key string) error // why no object may be called so
	ETag        func(storage.ETag) string

	// Unlock refuses r if it does not bring the key that an object, or the source of a copy, was stored with.
	Unlock func(r *wire.Request, e storage.Encryption, source bool) error

	// Outline writes the headers of an object that even a 304 has, and Describe those that HEAD and GET have, which
	// are for a range of it.
	Outline  func(h http.Header, o *storage.Object)
	Describe func(h http.Header, r *wire.Request, o *storage.Object, rng wire.Range)
}

// Pages are how many entries a client may ask of a page of a listing.
type Pages struct {
	Usual       int // of objects, when it does not ask
	Least, Most int
}
