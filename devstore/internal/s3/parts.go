package s3

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"

	"github.com/ingest-dev/ingest/devstore/internal/checksum"
	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

func (d *Dialect) uploadPart(w http.ResponseWriter, r *wire.Request) error {
	b, u, number, err := d.part(r)
	if err != nil {
		return err
	}
	c, err := readClaim(r)
	if err != nil {
		return err
	}
	if err := expected(u, c); err != nil {
		return err
	}
	s, err := take(r, b, c, u.Algorithm, true)
	if err != nil {
		return err
	}
	defer s.Discard()
	p, err := u.PutPart(number, s)
	if err != nil {
		return named(err, r)
	}
	w.Header().Set("ETag", quoted(storage.PlainETag(p.MD5).S3()))
	setPartChecksum(w.Header(), p, u, c)
	w.WriteHeader(http.StatusOK)
	return nil
}

// part returns the bucket, the upload and the number that r is for.
func (d *Dialect) part(r *wire.Request) (*storage.Bucket, *storage.Upload, int, error) {
	number, ok := r.Number("partNumber", 0, 1, storage.MaxParts)
	if !ok || number == 0 {
		return nil, nil, 0, argument("partNumber", r.Query.Get("partNumber")).
			Saying("Part number must be an integer between 1 and 10000, inclusive")
	}
	if !r.Query.Has("uploadId") {
		return nil, nil, 0, argument("uploadId", "")
	}
	b, err := d.bucket(r)
	if err != nil {
		return nil, nil, 0, err
	}
	u, err := d.upload(r)
	return b, u, number, err
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
	Initiator            account
	Owner                account
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
	most, ok := r.Number("max-parts", pageMost, 0, 1<<31-1)
	if !ok {
		return argument("max-parts", r.Query.Get("max-parts"))
	}
	after, ok := r.Number("part-number-marker", 0, 0, 1<<31-1)
	if !ok {
		return argument("part-number-marker", r.Query.Get("part-number-marker"))
	}
	u, err := d.upload(r)
	if err != nil {
		return err
	}
	most = min(most, pageMost)
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
		Initiator: theOwner(), Owner: theOwner(), StorageClass: storageClass(u.Meta.StorageClass),
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
