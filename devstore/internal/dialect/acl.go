package dialect

import (
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// Canned returns the ACL that a request names, or why it cannot be kept.
type Canned func(r *wire.Request) (string, error)

// PutBucketACL keeps the ACL of a bucket.
func (c *Common) PutBucketACL(w http.ResponseWriter, r *wire.Request, canned Canned) error {
	b, err := c.Bucket(r)
	if err != nil {
		return err
	}
	acl, err := canned(r)
	if err != nil {
		return err
	}
	if err := b.SetInfo(func(i *storage.BucketInfo) { i.ACL = acl }); err != nil {
		return err
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

// PutObjectACL keeps the ACL of an object.
func (c *Common) PutObjectACL(w http.ResponseWriter, r *wire.Request, canned Canned) error {
	acl, err := canned(r)
	if err != nil {
		return err
	}
	return c.Update(w, r, http.StatusOK, func(m *storage.Meta) { m.ACL = acl })
}
