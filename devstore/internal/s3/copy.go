package s3

import (
	"encoding/xml"
	"errors"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/checksum"
	"github.com/ingest-dev/ingest/devstore/internal/dialect"
	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

type copied struct {
	XMLName      xml.Name
	LastModified string
	ETag         string
	checksums
	ChecksumType string `xml:",omitempty"`
}

func (d *Dialect) copyObject(w http.ResponseWriter, r *wire.Request) error {
	b, err := d.Target(r)
	if err != nil {
		return err
	}
	from, err := d.source(r)
	if err != nil {
		return err
	}
	defer from.Close()
	if from.Size > dialect.PutLimit {
		return invalidRequest.Saying("The specified copy source is larger than the maximum allowable size for a copy source: 5368709120")
	}
	meta, err := copiedMeta(r, &from.Object)
	if err != nil {
		return err
	}
	o, err := duplicate(r, b, from, meta)
	if err != nil {
		return err
	}
	dialect.SetVersion(w.Header(), prefix, &o)
	setEncryption(w.Header(), r, meta.Encryption)
	return wire.WriteXML(w, http.StatusOK, copied{
		XMLName: root("CopyObjectResult"), LastModified: wire.Timestamp(o.Modified), ETag: quoted(o.ETag.S3()),
		checksums:    elements(o.Checksum.Algorithm, checksumText(o.Checksum, 0)),
		ChecksumType: string(o.Checksum.Kind),
	})
}

// source opens the object that r copies from, if the conditions on it hold.
func (d *Dialect) source(r *wire.Request) (*storage.Reader, error) {
	from, err := d.Source(r)
	if errors.Is(err, refusals.NotModified) {
		err = refusals.PreconditionFailed // a copy has no 304
	}
	return from, err
}

// copiedMeta returns what goes along with the copy: the source's, or what r says if it says REPLACE.
func copiedMeta(r *wire.Request, from *storage.Object) (storage.Meta, error) {
	meta, err := readMeta(r)
	if err != nil {
		return meta, err
	}
	replaced, err := directive(r, "x-amz-metadata-directive")
	if err != nil {
		return meta, err
	}
	retagged, err := directive(r, "x-amz-tagging-directive")
	if err != nil {
		return meta, err
	}
	if !replaced {
		meta.Headers, meta.User = from.Meta.Headers, from.Meta.User
	}
	if !retagged {
		meta.Tags = from.Meta.Tags
	}
	bucket, key, _ := wire.CopySource(r.Header.Get("x-amz-copy-source"))
	if bucket == r.Bucket && key == r.Key && !replaced && r.Header.Get("x-amz-storage-class") == "" && meta.Encryption == (storage.Encryption{}) {
		return meta, invalidRequest.Saying("This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.")
	}
	return meta, nil
}

// directive reports whether a header says REPLACE.
func directive(r *wire.Request, header string) (replace bool, err error) {
	switch value := r.Header.Get(header); value {
	case "", "COPY":
		return false, nil
	case "REPLACE":
		return true, nil
	default:
		return false, refusals.Argument(header, value)
	}
}

// duplicate copies the bytes, whatever the extents of the source, and takes a checksum of the whole on the way: what
// the client asks for, or by the source's algorithm.
func duplicate(r *wire.Request, b *storage.Bucket, from *storage.Reader, meta storage.Meta) (storage.Object, error) {
	g, err := guard(r, b)
	if err != nil {
		return storage.Object{}, err
	}
	algorithm, err := copyAlgorithm(r, from)
	if err != nil {
		return storage.Object{}, err
	}
	s, err := dialect.StageCopy(b, from, storage.StageOptions{Limit: dialect.PutLimit, Algorithms: both(algorithm)})
	if err != nil {
		return storage.Object{}, err
	}
	defer s.Discard()
	return b.Put(r.Key, s, meta, ofWhole(s.Stored(), algorithm), g)
}

func copyAlgorithm(r *wire.Request, from *storage.Reader) (checksum.Algorithm, error) {
	if name := r.Header.Get("x-amz-checksum-algorithm"); name != "" {
		a, err := checksum.Parse(name)
		if err != nil {
			return "", wire.NotImplemented("The checksum " + name)
		}
		return a, nil
	}
	if from.Checksum.Algorithm != "" {
		return from.Checksum.Algorithm, nil
	}
	return checksum.Default, nil
}

func (d *Dialect) uploadPartCopy(w http.ResponseWriter, r *wire.Request) error {
	to, err := d.place(r)
	if err != nil {
		return err
	}
	if err := checkPartKey(r, to.Upload); err != nil {
		return err
	}
	from, err := d.source(r)
	if err != nil {
		return err
	}
	defer from.Close()
	p, err := d.CopyPart(r, to, from, storage.StageOptions{Algorithms: both(to.Upload.Algorithm)})
	if err != nil {
		return named(err, r)
	}
	setEncryption(w.Header(), r, to.Upload.Meta.Encryption)
	return wire.WriteXML(w, http.StatusOK, copied{
		XMLName: root("CopyPartResult"), LastModified: wire.Timestamp(p.Modified),
		ETag: quoted(storage.PlainETag(p.MD5).S3()), checksums: partChecksum(to.Upload, p),
	})
}
