package dialect

import (
	"net/http"
	"slices"

	"github.com/ingest-dev/ingest/devstore/fault"
	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// Common are the operations that both dialects do alike, and the steps of those that they do not. Its methods may be
// called concurrently.
type Common struct {
	Traits
	Store  *storage.Store
	Routes wire.Routes
}

// Dispatch has r answered by the operation that it asks for, or returns why not.
func (c *Common) Dispatch(w http.ResponseWriter, r *wire.Request) error {
	c.mark(r)
	route, err := c.Routes.Find(r)
	if err != nil {
		return err
	}
	for _, name := range c.NotDone {
		if r.Header.Get(name) != "" && !slices.Contains(route.Does, name) {
			return wire.NotImplemented("The header " + name)
		}
	}
	return route.Handle(w, r)
}

// mark notes what only a header tells of the operation that r asks for.
func (c *Common) mark(r *wire.Request) { r.Copying = r.Header.Get(c.Prefix+"copy-source") != "" }

// Operation returns what rules of faults call the operation that r asks for.
func (c *Common) Operation(r *wire.Request) fault.Op {
	c.mark(r)
	return c.Routes.Op(r)
}

// Bucket returns the bucket that r is for.
func (c *Common) Bucket(r *wire.Request) (*storage.Bucket, error) {
	return c.bucket(r.Bucket)
}

func (c *Common) bucket(name string) (*storage.Bucket, error) {
	if err := c.checkBucket(name); err != nil {
		return nil, err
	}
	b, err := c.Store.Bucket(name)
	if err != nil {
		return nil, c.Refusals.NoSuchBucket.With("BucketName", name)
	}
	return b, nil
}

func (c *Common) checkBucket(name string) error {
	if !c.ValidBucket(name) {
		return c.Refusals.InvalidBucketName.With("BucketName", name)
	}
	return nil
}

// Target returns the bucket in which r may write its key.
func (c *Common) Target(r *wire.Request) (*storage.Bucket, error) {
	b, err := c.Bucket(r)
	if err != nil {
		return nil, err
	}
	return b, c.CheckKey(r.Key)
}
