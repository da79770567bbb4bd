package dialect

import (
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// Requested returns the range of an object that a request asks for. partial tells that it is answered as one, even
// if it is the whole object.
type Requested func(r *wire.Request, o *storage.Object) (rng wire.Range, partial bool, err error)

// Get answers with the object that r is for, or a range of it.
func (c *Common) Get(w http.ResponseWriter, r *wire.Request, requested Requested) error {
	o, err := c.open(r, r.Bucket, r.Key)
	if err != nil {
		return err
	}
	defer o.Close()
	if err := c.Unlock(r, o.Meta.Encryption, false); err != nil {
		return err
	}
	rng, err := c.begin(w, r, &o.Object, requested)
	if err != nil {
		return err
	}
	_ = o.WriteRange(w, rng.Offset, rng.Length) // a short answer breaks the connection, which is all that can be said
	return nil
}

// Head answers as Get does, without the content.
func (c *Common) Head(w http.ResponseWriter, r *wire.Request, requested Requested) error {
	o, err := c.Stat(r)
	if err != nil {
		return err
	}
	if err := c.Unlock(r, o.Meta.Encryption, false); err != nil {
		return err
	}
	_, err = c.begin(w, r, &o, requested)
	return err
}

// begin writes status and headers, and returns the range that the content is to have.
func (c *Common) begin(w http.ResponseWriter, r *wire.Request, o *storage.Object, requested Requested) (wire.Range, error) {
	if err := c.check(wire.ReadConditions(r.Header, ""), o); err != nil {
		c.Outline(w.Header(), o)
		return wire.Range{}, err
	}
	rng, partial, err := requested(r, o)
	if err != nil {
		return rng, err
	}
	c.Describe(w.Header(), r, o, rng)
	w.WriteHeader(wire.SetLength(w.Header(), rng, o.Size, partial))
	return rng, nil
}
