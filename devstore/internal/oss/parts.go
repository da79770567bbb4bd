package oss

import (
	"encoding/xml"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/dialect"
	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

func (d *Dialect) uploadPart(w http.ResponseWriter, r *wire.Request) error {
	if err := noEncryption(r); err != nil {
		return err
	}
	to, err := d.place(r, ecUploadPart)
	if err != nil {
		return err
	}
	s, err := d.take(r, to.Bucket, true)
	if err != nil {
		return err
	}
	defer s.Discard()
	if _, err := to.Upload.PutPart(to.Number, s); err != nil {
		return withEC(err, r, ecUploadPart)
	}
	setSums(w.Header(), s)
	setEncryption(w.Header(), to.Upload.Meta.Encryption)
	w.WriteHeader(http.StatusOK)
	return nil
}

// place returns where the part that r is for belongs. ec is for NoSuchUpload.
func (d *Dialect) place(r *wire.Request, ec string) (dialect.Place, error) {
	p, err := d.Place(r)
	return p, withEC(err, r, ec)
}

type partList struct {
	XMLName              xml.Name `xml:"ListPartsResult"`
	EncodingType         string   `xml:",omitempty"`
	Bucket               string
	Key                  string
	UploadID             string `xml:"UploadId"`
	StorageClass         string
	PartNumberMarker     int
	NextPartNumberMarker int
	MaxParts             int
	IsTruncated          bool
	Parts                []partItem `xml:"Part"`
}

type partItem struct {
	PartNumber    int
	LastModified  string
	ETag          string
	HashCrc64ecma string
	Size          int64
}

func (d *Dialect) listParts(w http.ResponseWriter, r *wire.Request) error {
	most, err := d.Number(r, "max-parts", dialect.PageMost, 1, dialect.PageMost)
	if err != nil {
		return err
	}
	after, err := d.Number(r, "part-number-marker", 0, 0, storage.MaxParts)
	if err != nil {
		return err
	}
	encoder, err := d.Encoder(r)
	if err != nil {
		return err
	}
	u, err := d.Upload(r)
	if err != nil {
		return withEC(err, r, ecListParts)
	}
	parts, truncated, err := u.Page(after, most)
	if err != nil {
		return withEC(err, r, ecListParts)
	}
	list := partList{
		EncodingType: encoder.Type(), Bucket: r.Bucket, Key: encoder.Name(r.Key), UploadID: u.ID,
		StorageClass: storageClass(u.Meta.StorageClass), PartNumberMarker: after, NextPartNumberMarker: after,
		MaxParts: most, IsTruncated: truncated,
	}
	list.add(parts)
	return wire.WriteXML(w, http.StatusOK, list)
}

func (l *partList) add(parts []storage.Part) {
	for _, p := range parts {
		l.NextPartNumberMarker = p.Number
		l.Parts = append(l.Parts, partItem{
			PartNumber: p.Number, LastModified: wire.Timestamp(p.Modified), Size: p.Size,
			ETag: quoted(storage.PlainETag(p.MD5).OSS()), HashCrc64ecma: decimal(p.CRC64),
		})
	}
}
