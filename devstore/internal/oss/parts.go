package oss

import (
	"encoding/xml"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

func (d *Dialect) uploadPart(w http.ResponseWriter, r *wire.Request) error {
	u, number, err := d.part(r, ecUploadPart)
	if err != nil {
		return err
	}
	b, err := d.bucket(r)
	if err != nil {
		return err
	}
	s, err := d.take(r, b, true)
	if err != nil {
		return err
	}
	defer s.Discard()
	if _, err := u.PutPart(number, s); err != nil {
		return withEC(err, r, ecUploadPart)
	}
	setSums(w.Header(), s)
	w.WriteHeader(http.StatusOK)
	return nil
}

// part returns the upload and the number that r is for. ec is for NoSuchUpload.
func (d *Dialect) part(r *wire.Request, ec string) (*storage.Upload, int, error) {
	number, ok := r.Number("partNumber", 0, 1, storage.MaxParts)
	if !ok || number == 0 {
		return nil, 0, argument("partNumber", r.Query.Get("partNumber")).
			Saying("Part number must be an integer between 1 and 10000, inclusive.")
	}
	if !r.Query.Has("uploadId") {
		return nil, 0, argument("uploadId", "")
	}
	u, err := d.upload(r)
	return u, number, withEC(err, r, ec)
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
	most, ok := r.Number("max-parts", pageMost, 1, pageMost)
	if !ok {
		return argument("max-parts", r.Query.Get("max-parts"))
	}
	after, ok := r.Number("part-number-marker", 0, 0, storage.MaxParts)
	if !ok {
		return argument("part-number-marker", r.Query.Get("part-number-marker"))
	}
	encoder, ok := r.Encoding(false)
	if !ok {
		return argument("encoding-type", r.Query.Get("encoding-type"))
	}
	u, err := d.upload(r)
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
