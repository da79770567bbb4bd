package s3

import (
	"encoding/xml"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/checksum"
	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

type created struct {
	XMLName  xml.Name
	Bucket   string
	Key      string
	UploadID string `xml:"UploadId"`
}

func (d *Dialect) createUpload(w http.ResponseWriter, r *wire.Request) error {
	b, err := d.Target(r)
	if err != nil {
		return err
	}
	info, err := newUploadInfo(r)
	if err != nil {
		return err
	}
	u, err := b.CreateUpload(info)
	if err != nil {
		return err
	}
	setEncryption(w.Header(), r, info.Meta.Encryption)
	if info.Chosen {
		w.Header().Set("x-amz-checksum-algorithm", string(info.Algorithm))
		w.Header().Set("x-amz-checksum-type", string(info.Kind))
	}
	return wire.WriteXML(w, http.StatusOK, created{
		XMLName: root("InitiateMultipartUploadResult"), Bucket: r.Bucket, Key: r.Key, UploadID: u.ID,
	})
}

func newUploadInfo(r *wire.Request) (storage.UploadInfo, error) {
	meta, err := readMeta(r)
	info := storage.UploadInfo{Key: r.Key, Meta: meta, Algorithm: checksum.Default, Kind: checksum.FullObject}
	if err != nil {
		return info, err
	}
	name, kind := r.Header.Get("x-amz-checksum-algorithm"), checksum.Kind(r.Header.Get("x-amz-checksum-type"))
	if name != "" {
		if info.Algorithm, err = checksum.Parse(name); err != nil {
			return info, wire.NotImplemented("The checksum " + name)
		}
		info.Chosen, info.Kind = true, info.Algorithm.Usual()
	}
	if kind != "" {
		info.Kind = kind
	}
	if !info.Algorithm.Allows(info.Kind) {
		return info, invalidRequest.Saying("The " + string(info.Kind) + " checksum type cannot be used with the " + string(info.Algorithm) + " checksum algorithm.")
	}
	return info, nil
}

func (d *Dialect) abortUpload(w http.ResponseWriter, r *wire.Request) error {
	return named(d.Abort(w, r), r)
}
