package oss

import (
	"encoding/xml"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

type initiated struct {
	XMLName      xml.Name `xml:"InitiateMultipartUploadResult"`
	EncodingType string   `xml:",omitempty"`
	Bucket       string
	Key          string
	UploadID     string `xml:"UploadId"`
}

func (d *Dialect) initiateUpload(w http.ResponseWriter, r *wire.Request) error {
	b, err := d.target(r)
	if err != nil {
		return err
	}
	encoder, ok := r.Encoding(false)
	if !ok {
		return argument("encoding-type", r.Query.Get("encoding-type"))
	}
	meta, err := readMeta(r)
	if err != nil {
		return err
	}
	u, err := b.CreateUpload(storage.UploadInfo{Key: r.Key, Meta: meta})
	if err != nil {
		return err
	}
	return wire.WriteXML(w, http.StatusOK, initiated{
		EncodingType: encoder.Type(), Bucket: r.Bucket, Key: encoder.Name(r.Key), UploadID: u.ID,
	})
}

// upload returns the open upload that r is for.
func (d *Dialect) upload(r *wire.Request) (*storage.Upload, error) {
	b, err := d.bucket(r)
	if err != nil {
		return nil, err
	}
	return b.Upload(r.Key, r.Query.Get("uploadId"))
}

func (d *Dialect) abortUpload(w http.ResponseWriter, r *wire.Request) error {
	u, err := d.upload(r)
	if err == nil {
		err = u.Abort()
	}
	if err != nil {
		return withEC(err, r, "")
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
