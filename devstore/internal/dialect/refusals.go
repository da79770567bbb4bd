package dialect

import (
	"errors"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/auth"
	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// Refusals are the words of a dialect for whatever an operation here refuses. All are set.
type Refusals struct {
	InvalidArgument, PartNumber, InvalidBucketName, InvalidDigest, WrongDigest, InvalidTag, MetaTooLarge,
	IncompleteBody, EntityTooLarge, EntityTooSmall, InvalidPart, InvalidPartOrder, PartExists, PartNotSequential,
	MalformedXML, Retained, NoSuchBucket, NoSuchKey, NoSuchUpload, BucketExists, BucketNotEmpty, PreconditionFailed, NotModified *wire.Error

	// Denied words why a request was not let in.
	Denied func(*auth.Denied) *wire.Error
	// EchoDigest tells that the refusal of a Content-MD5 repeats it.
	EchoDigest bool
}

// condition is what an error is called.
type condition struct {
	is  error
	say *wire.Error
}

func (f *Refusals) conditions() []condition {
	return []condition{
		{storage.ErrNoSuchBucket, f.NoSuchBucket},
		{storage.ErrNoSuchKey, f.NoSuchKey},
		{storage.ErrNoSuchUpload, f.NoSuchUpload},
		{storage.ErrBucketExists, f.BucketExists},
		{storage.ErrBucketNotEmpty, f.BucketNotEmpty},
		{storage.ErrBucketName, f.InvalidBucketName},
		{storage.ErrTooLarge, f.EntityTooLarge},
		{storage.ErrPartOrder, f.InvalidPartOrder},
		{storage.ErrPartTooSmall, f.EntityTooSmall},
		{storage.ErrInvalidPart, f.InvalidPart},
		{storage.ErrPartExists, f.PartExists},
		{storage.ErrPartSequence, f.PartNotSequential},
		{storage.ErrRetained, f.Retained},
		{wire.ErrXML, f.MalformedXML},
		{wire.ErrBodyTooLong, f.MalformedXML},
		{wire.ErrTags, f.InvalidTag},
		{wire.ErrMetaTooLarge, f.MetaTooLarge},
	}
}

// Explain returns what err is called in the dialect.
func (f *Refusals) Explain(err error) *wire.Error {
	if e, ok := errors.AsType[*wire.Error](err); ok {
		return e
	}
	if d, ok := errors.AsType[*auth.Denied](err); ok {
		return f.Denied(d)
	}
	for _, c := range f.conditions() {
		if errors.Is(err, c.is) {
			return c.say
		}
	}
	if _, ok := errors.AsType[*storage.ReadError](err); ok {
		return f.IncompleteBody
	}
	return &wire.Error{
		Status: http.StatusInternalServerError, Code: "InternalError",
		Message: "We encountered an internal error: " + err.Error(),
	}
}

// Argument returns InvalidArgument that names what was wrong.
func (f *Refusals) Argument(name, value string) *wire.Error {
	return withArgument(f.InvalidArgument, name, value)
}

func withArgument(e *wire.Error, name, value string) *wire.Error {
	return e.With("ArgumentName", name).With("ArgumentValue", value)
}

// Missing names the key in NoSuchKey, and leaves other errors as they are.
func (f *Refusals) Missing(err error, r *wire.Request) error {
	if err != nil && f.Explain(err) == f.NoSuchKey {
		return f.NoSuchKey.With("Key", r.Key)
	}
	return err
}

// digest returns the refusal of the Content-MD5 of r, as e words it.
func (f *Refusals) digest(e *wire.Error, r *wire.Request) error {
	if f.EchoDigest {
		return e.With("Content-MD5", r.Header.Get("Content-MD5"))
	}
	return e
}
