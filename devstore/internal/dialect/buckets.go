package dialect

import (
	"encoding/xml"
	"net/http"
	"strings"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// Buckets returns at most so many buckets whose names begin with prefix and are greater than after, by name. more
// tells that there are others behind them.
func (c *Common) Buckets(prefix, after string, most int) (page []*storage.Bucket, more bool) {
	for _, b := range c.Store.Buckets() {
		if !strings.HasPrefix(b.Name(), prefix) || b.Name() <= after {
			continue
		}
		if len(page) == most {
			return page, true
		}
		page = append(page, b)
	}
	return page, false
}

// CreateBucket makes the bucket that r is for, and that is as info reads of it.
func (c *Common) CreateBucket(w http.ResponseWriter, r *wire.Request, info func(*wire.Request) (storage.BucketInfo, error)) error {
	if err := c.checkBucket(r.Bucket); err != nil {
		return err
	}
	i, err := info(r)
	if err != nil {
		return err
	}
	if err := c.Store.CreateBucket(r.Bucket, i); err != nil {
		return err
	}
	w.Header().Set("Location", "/"+r.Bucket)
	w.WriteHeader(http.StatusOK)
	return nil
}

// HeadBucket tells that the bucket is there, and its region.
func (c *Common) HeadBucket(w http.ResponseWriter, r *wire.Request) error {
	if _, err := c.Bucket(r); err != nil {
		return err
	}
	w.Header().Set(c.Prefix+"bucket-region", c.Region)
	w.WriteHeader(http.StatusOK)
	return nil
}

// GetBucketLocation tells the bucket's region in XML.
func (c *Common) GetBucketLocation(w http.ResponseWriter, r *wire.Request) error {
	if _, err := c.Bucket(r); err != nil {
		return err
	}
	return wire.WriteXML(w, http.StatusOK, wire.Text{
		XMLName: xml.Name{Space: c.Namespace, Local: "LocationConstraint"}, Value: c.Location,
	})
}

// DeleteBucket removes a bucket without objects. uploads tells whether open uploads go with it, or prevent it.
func (c *Common) DeleteBucket(w http.ResponseWriter, r *wire.Request, uploads bool) error {
	if _, err := c.Bucket(r); err != nil {
		return err
	}
	if err := c.Store.DeleteBucket(r.Bucket, uploads); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
