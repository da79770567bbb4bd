package s3

import (
	"encoding/xml"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// createBucket takes whatever location the client wants: there is but one.
func (d *Dialect) createBucket(w http.ResponseWriter, r *wire.Request) error {
	return d.CreateBucket(w, r, d.newBucketInfo)
}

// newBucketInfo returns what a CreateBucket says of the bucket in its header. Its body may be empty.
func (d *Dialect) newBucketInfo(r *wire.Request) (storage.BucketInfo, error) {
	info := storage.BucketInfo{ACL: r.Header.Get("x-amz-acl")}
	if !validACL(info.ACL) {
		return info, refusals.Argument("x-amz-acl", info.ACL)
	}
	body, err := d.ReadBody(r)
	if err != nil || len(body) == 0 {
		return info, err
	}
	var configuration struct {
		XMLName xml.Name `xml:"CreateBucketConfiguration"`
	}
	return info, wire.ParseXML(body, &configuration)
}

// deleteBucket discards the uploads that are open, as S3 does.
func (d *Dialect) deleteBucket(w http.ResponseWriter, r *wire.Request) error {
	return d.DeleteBucket(w, r, true)
}
