package oss

import (
	"encoding/xml"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

func (d *Dialect) putBucket(w http.ResponseWriter, r *wire.Request) error {
	if !validBucket(r.Bucket) {
		return invalidBucketName.With("BucketName", r.Bucket)
	}
	info, err := newBucketInfo(r)
	if err != nil {
		return err
	}
	if err := d.store.CreateBucket(r.Bucket, info); err != nil {
		return err
	}
	w.Header().Set("Location", "/"+r.Bucket)
	w.WriteHeader(http.StatusOK)
	return nil
}

// newBucketInfo returns what a PutBucket says of the bucket, in its header and its body, which may be empty.
func newBucketInfo(r *wire.Request) (storage.BucketInfo, error) {
	info := storage.BucketInfo{ACL: r.Header.Get("x-oss-acl")}
	if !validACL(info.ACL) {
		return info, argument("x-oss-acl", info.ACL)
	}
	body, err := readBody(r)
	if err != nil || len(body) == 0 {
		return info, err
	}
	var configuration struct {
		XMLName      xml.Name `xml:"CreateBucketConfiguration"`
		StorageClass string
	}
	if err := wire.ParseXML(body, &configuration); err != nil {
		return info, err
	}
	info.StorageClass = configuration.StorageClass
	if !validStorageClass(info.StorageClass) {
		return info, argument("StorageClass", info.StorageClass)
	}
	return info, nil
}

func (d *Dialect) headBucket(w http.ResponseWriter, r *wire.Request) error {
	if _, err := d.bucket(r); err != nil {
		return err
	}
	w.Header().Set("x-oss-bucket-region", d.location())
	w.WriteHeader(http.StatusOK)
	return nil
}

func (d *Dialect) deleteBucket(w http.ResponseWriter, r *wire.Request) error {
	if _, err := d.bucket(r); err != nil {
		return err
	}
	if err := d.store.DeleteBucket(r.Bucket, false); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (d *Dialect) getBucketLocation(w http.ResponseWriter, r *wire.Request) error {
	if _, err := d.bucket(r); err != nil {
		return err
	}
	return wire.WriteXML(w, http.StatusOK, wire.Text{
		XMLName: xml.Name{Local: "LocationConstraint"}, Value: d.location(),
	})
}

type bucketInfo struct {
	XMLName xml.Name `xml:"BucketInfo"`
	Bucket  struct {
		bucketItem
		Owner              account
		ACL                string `xml:"AccessControlList>Grant"`
		DataRedundancyType string
		Versioning         string `xml:",omitempty"`
	}
}

func (d *Dialect) getBucketInfo(w http.ResponseWriter, r *wire.Request) error {
	b, err := d.bucket(r)
	if err != nil {
		return err
	}
	var info bucketInfo
	info.Bucket.bucketItem = d.bucketItem(b, r)
	info.Bucket.Owner = theOwner()
	info.Bucket.ACL = acl(b.Info().ACL, "private")
	info.Bucket.DataRedundancyType = "LRS"
	return wire.WriteXML(w, http.StatusOK, info)
}

type bucketStat struct {
	XMLName              xml.Name `xml:"BucketStat"`
	Storage              int64
	ObjectCount          int
	MultipartUploadCount int
	LiveChannelCount     int
	LastModifiedTime     int64
}

func (d *Dialect) getBucketStat(w http.ResponseWriter, r *wire.Request) error {
	b, err := d.bucket(r)
	if err != nil {
		return err
	}
	objects, bytes, uploads := b.Usage()
	return wire.WriteXML(w, http.StatusOK, bucketStat{
		Storage: bytes, ObjectCount: objects, MultipartUploadCount: uploads, LastModifiedTime: r.Time.Unix(),
	})
}
