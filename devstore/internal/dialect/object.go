package dialect

import (
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// Stat returns the object that r is for.
func (c *Common) Stat(r *wire.Request) (storage.Object, error) {
	b, err := c.Bucket(r)
	if err != nil {
		return storage.Object{}, err
	}
	o, err := b.Stat(r.Key)
	return o, c.Refusals.Missing(err, r)
}

// open opens an object: that which r is for, or that which it copies from.
func (c *Common) open(r *wire.Request, bucket, key string) (*storage.Reader, error) {
	b, err := c.bucket(bucket)
	if err != nil {
		return nil, err
	}
	o, err := b.Open(key)
	if err != nil {
		return nil, c.Refusals.Missing(err, r)
	}
	return o, nil
}

// check returns the refusal that conditions on an object come to, nil if they hold.
func (c *Common) check(conditions wire.Conditions, o *storage.Object) error {
	switch conditions.Check(c.ETag(o.ETag), o.Modified) {
	case http.StatusNotModified:
		return c.Refusals.NotModified
	case http.StatusPreconditionFailed:
		return c.Refusals.PreconditionFailed
	}
	return nil
}

// Update changes what goes along with the object that r is for.
func (c *Common) Update(w http.ResponseWriter, r *wire.Request, status int, change func(*storage.Meta)) error {
	b, err := c.Bucket(r)
	if err != nil {
		return err
	}
	if err := b.Update(r.Key, change); err != nil {
		return c.Refusals.Missing(err, r)
	}
	w.WriteHeader(status)
	return nil
}
