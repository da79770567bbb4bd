package s3

import (
	"encoding/xml"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// createBucket takes whatever location the client wants: there is but one.
func (d *Dialect) createBucket(w http.ResponseWriter, r *wire.Request) error {
	if !storage.ValidBucketName(r.Bucket) {
		return invalidBucketName.With("BucketName", r.Bucket)
	}
	acl := r.Header.Get("x-amz-acl")
	if !validACL(acl) {
		return argument("x-amz-acl", acl)
	}
	if err := checkConfiguration(r); err != nil {
		return err
	}
	if err := d.store.CreateBucket(r.Bucket, storage.BucketInfo{ACL: acl}); err != nil {
		return err
	}
	w.Header().Set("Location", "/"+r.Bucket)
	w.WriteHeader(http.StatusOK)
	return nil
}

func checkConfiguration(r *wire.Request) error {
	body, err := readBody(r)
	if err != nil || len(body) == 0 {
		return err
	}
	var configuration struct {
		XMLName xml.Name `xml:"CreateBucketConfiguration"`
	}
	return wire.ParseXML(body, &configuration)
}

func (d *Dialect) headBucket(w http.ResponseWriter, r *wire.Request) error {
	if _, err := d.bucket(r); err != nil {
		return err
	}
	w.Header().Set("x-amz-bucket-region", d.region)
	w.WriteHeader(http.StatusOK)
	return nil
}

// deleteBucket discards the uploads that are open, as S3 does.
func (d *Dialect) deleteBucket(w http.ResponseWriter, r *wire.Request) error {
	if _, err := d.bucket(r); err != nil {
		return err
	}
	if err := d.store.DeleteBucket(r.Bucket, true); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (d *Dialect) getBucketLocation(w http.ResponseWriter, r *wire.Request) error {
	if _, err := d.bucket(r); err != nil {
		return err
	}
	return wire.WriteXML(w, http.StatusOK, wire.Text{XMLName: root("LocationConstraint"), Value: d.location()})
}
