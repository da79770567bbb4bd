package s3

import (
	"encoding/xml"
	"fmt"
	"math"
	"net/http"
	"strings"

	"github.com/ingest-dev/ingest/devstore/internal/checksum"
	"github.com/ingest-dev/ingest/devstore/internal/dialect"
	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

func (d *Dialect) uploadPart(w http.ResponseWriter, r *wire.Request) error {
	to, err := d.place(r)
	if err != nil {
		return err
	}
	if err := checkPartKey(r, to.Upload); err != nil {
		return err
	}
	c, err := readClaim(r)
	if err != nil {
		return err
	}
	if err := expected(to.Upload, c); err != nil {
		return err
	}
	s, err := d.take(r, to.Bucket, c, to.Upload.Algorithm, true)
	if err != nil {
		return err
	}
	defer s.Discard()
	p, err := to.Upload.PutPart(to.Number, s)
	if err != nil {
		return named(err, r)
	}
	w.Header().Set("ETag", quoted(storage.PlainETag(p.MD5).S3()))
	setPartChecksum(w.Header(), p, to.Upload, c)
	setEncryption(w.Header(), r, to.Upload.Meta.Encryption)
	w.WriteHeader(http.StatusOK)
	return nil
}

// place returns where the part that r is for belongs.
func (d *Dialect) place(r *wire.Request) (dialect.Place, error) {
	p, err := d.Place(r)
	return p, named(err, r)
}

// expected refuses a part whose checksum is not by the algorithm that the upload was created with.
func expected(u *storage.Upload, c claim) error {
	if !u.Chosen || c.algorithm == u.Algorithm {
		return nil
	}
	actual := strings.ToLower(string(c.algorithm))
	if actual == "" {
		actual = "null"
	}
	return invalidRequest.Saying(fmt.Sprintf("Checksum Type mismatch occurred, expected checksum Type: %s, actual checksum Type: %s",
		strings.ToLower(string(u.Algorithm)), actual))
}

// setPartChecksum gives back the checksum that the client stated, or else that of the upload.
func setPartChecksum(h http.Header, p storage.Part, u *storage.Upload, c claim) {
	a := c.algorithm
	if a == "" {
		a = u.Algorithm
	}
	if sum := p.Sums[a]; a != "" && sum != nil {
		h.Set(a.Header(), checksum.Encode(sum))
	}
}

// partChecksum returns the element that shows a part's checksum by the upload's algorithm.
func partChecksum(u *storage.Upload, p storage.Part) checksums {
	if sum := p.Sums[u.Algorithm]; u.Algorithm != "" && sum != nil {
		return elements(u.Algorithm, checksum.Encode(sum))
	}
	return checksums{}
}

type partList struct {
	XMLName              xml.Name
	Bucket               string
	Key                  string
	UploadID             string `xml:"UploadId"`
	Initiator            dialect.Account
	Owner                dialect.Account
	StorageClass         string
	PartNumberMarker     int
	NextPartNumberMarker int
	MaxParts             int
	IsTruncated          bool
	ChecksumAlgorithm    string     `xml:",omitempty"`
	ChecksumType         string     `xml:",omitempty"`
	Parts                []partItem `xml:"Part"`
}

type partItem struct {
	PartNumber   int
	LastModified string
	ETag         string
	Size         int64
	checksums
}

func (d *Dialect) listParts(w http.ResponseWriter, r *wire.Request) error {
	most, err := d.Number(r, "max-parts", dialect.PageMost, 0, math.MaxInt32)
	if err != nil {
		return err
	}
	after, err := d.Number(r, "part-number-marker", 0, 0, math.MaxInt32)
	if err != nil {
		return err
	}
	u, err := d.Upload(r)
	if err != nil {
		return named(err, r)
	}
	most = min(most, dialect.PageMost)
	parts, truncated, err := u.Page(after, most)
	if err != nil {
		return named(err, r)
	}
	list := newPartList(u, parts)
	list.Bucket, list.PartNumberMarker, list.MaxParts, list.IsTruncated = r.Bucket, after, most, truncated
	return wire.WriteXML(w, http.StatusOK, list)
}

func newPartList(u *storage.Upload, parts []storage.Part) partList {
	list := partList{
		XMLName: root("ListPartsResult"), Key: u.Key, UploadID: u.ID,
		Initiator: dialect.Owner(), Owner: dialect.Owner(), StorageClass: storageClass(u.Meta.StorageClass),
		ChecksumAlgorithm: string(u.Algorithm), ChecksumType: string(u.Kind),
	}
	for _, p := range parts {
		list.NextPartNumberMarker = p.Number
		list.Parts = append(list.Parts, partItem{
			PartNumber: p.Number, LastModified: wire.Timestamp(p.Modified), Size: p.Size,
			ETag: quoted(storage.PlainETag(p.MD5).S3()), checksums: partChecksum(u, p),
		})
	}
	return list
}
