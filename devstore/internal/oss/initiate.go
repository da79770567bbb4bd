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
	b, err := d.Target(r)
	if err != nil {
		return err
	}
	encoder, err := d.Encoder(r)
	if err != nil {
		return err
	}
	meta, err := readMeta(r)
	if err != nil {
		return err
	}
	g, err := guard(r, b)
	if err != nil {
		return err
	}
	if err := b.Check(r.Key, g); err != nil {
		return err
	}
	u, err := b.CreateUpload(storage.UploadInfo{Key: r.Key, Meta: meta, Sequential: r.Query.Has("sequential")})
	if err != nil {
		return err
	}
	setEncryption(w.Header(), meta.Encryption)
	return wire.WriteXML(w, http.StatusOK, initiated{
		EncodingType: encoder.Type(), Bucket: r.Bucket, Key: encoder.Name(r.Key), UploadID: u.ID,
	})
}

func (d *Dialect) abortUpload(w http.ResponseWriter, r *wire.Request) error {
	return withEC(d.Abort(w, r), r, "")
}
