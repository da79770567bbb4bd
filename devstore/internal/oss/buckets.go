package oss

import (
	"encoding/xml"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/dialect"
	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

func (d *Dialect) putBucket(w http.ResponseWriter, r *wire.Request) error {
	return d.CreateBucket(w, r, d.newBucketInfo)
}

// newBucketInfo returns what a PutBucket says of the bucket, in its header and its body, which may be empty.
func (d *Dialect) newBucketInfo(r *wire.Request) (storage.BucketInfo, error) {
	info := storage.BucketInfo{ACL: r.Header.Get("x-oss-acl")}
	if !validACL(info.ACL) {
		return info, refusals.Argument("x-oss-acl", info.ACL)
	}
	body, err := d.ReadBody(r)
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
		return info, refusals.Argument("StorageClass", info.StorageClass)
	}
	return info, nil
}

// deleteBucket does not take open uploads along: while there are any, OSS keeps the bucket.
func (d *Dialect) deleteBucket(w http.ResponseWriter, r *wire.Request) error {
	return d.DeleteBucket(w, r, false)
}

type bucketInfo struct {
	XMLName xml.Name `xml:"BucketInfo"`
	Bucket  struct {
		bucketItem
		Owner              dialect.Account
		ACL                string `xml:"AccessControlList>Grant"`
		DataRedundancyType string
		Versioning         string `xml:",omitempty"`
	}
}

func (d *Dialect) getBucketInfo(w http.ResponseWriter, r *wire.Request) error {
	b, err := d.Bucket(r)
	if err != nil {
		return err
	}
	var info bucketInfo
	info.Bucket.bucketItem = d.bucketItem(b, r)
	info.Bucket.Owner = dialect.Owner()
	info.Bucket.ACL = acl(b.Info().ACL, "private")
	info.Bucket.DataRedundancyType = "LRS"
	info.Bucket.Versioning = string(b.Info().Versioning)
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
	b, err := d.Bucket(r)
	if err != nil {
		return err
	}
	objects, bytes, uploads := b.Usage()
	return wire.WriteXML(w, http.StatusOK, bucketStat{
		Storage: bytes, ObjectCount: objects, MultipartUploadCount: uploads, LastModifiedTime: r.Time.Unix(),
	})
}
