package oss

import (
	"encoding/xml"
	"net/http"
	"strings"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

type copied struct {
	XMLName      xml.Name
	LastModified string
	ETag         string
}

func (d *Dialect) copyObject(w http.ResponseWriter, r *wire.Request) error {
	b, err := d.target(r)
	if err != nil {
		return err
	}
	from, err := d.source(r)
	if err != nil {
		return err
	}
	defer from.Close()
	if from.Size > copyLimit {
		return entityTooLarge.Saying("An object of more than 1 GB is copied by parts.")
	}
	meta, err := copiedMeta(r, &from.Object)
	if err != nil {
		return err
	}
	o, err := d.duplicate(r, b, from, meta)
	if err != nil {
		return err
	}
	w.Header().Set("x-oss-hash-crc64ecma", decimal(o.CRC64))
	return answerCopy(w, "CopyObjectResult", &o)
}

func answerCopy(w http.ResponseWriter, root string, o *storage.Object) error {
	w.Header().Set("ETag", quoted(o.ETag.OSS()))
	return wire.WriteXML(w, http.StatusOK, copied{
		XMLName:      xml.Name{Local: root},
		LastModified: wire.Timestamp(o.Modified), ETag: quoted(o.ETag.OSS()),
	})
}

// source opens the object that r copies from, if the conditions on it hold.
func (d *Dialect) source(r *wire.Request) (*storage.Reader, error) {
	const header = "x-oss-copy-source"
	bucket, key, ok := wire.CopySource(r.Header.Get(header))
	if !ok {
		return nil, argument(header, r.Header.Get(header))
	}
	from, err := d.open(r, bucket, key)
	if err != nil {
		return nil, err
	}
	if err := check(wire.ReadConditions(r.Header, header+"-"), &from.Object); err != nil {
		from.Close()
		return nil, err
	}
	return from, nil
}

// copiedMeta returns what goes along with the copy: the source's, or what r says if it says REPLACE.
func copiedMeta(r *wire.Request, from *storage.Object) (storage.Meta, error) {
	own, err := readMeta(r)
	if err != nil {
		return own, err
	}
	meta := own
	switch directive := r.Header.Get("x-oss-metadata-directive"); strings.ToUpper(directive) {
	case "", "COPY":
		meta.Headers, meta.User = from.Meta.Headers, from.Meta.User
	case "REPLACE":
	default:
		return own, argument("x-oss-metadata-directive", directive)
	}
	if !strings.EqualFold(r.Header.Get("x-oss-tagging-directive"), "Replace") {
		meta.Tags = from.Meta.Tags
	}
	return meta, nil
}

// duplicate copies the bytes, whatever the extents of the source, and checks them on the way.
func (d *Dialect) duplicate(r *wire.Request, b *storage.Bucket, from *storage.Reader, meta storage.Meta) (storage.Object, error) {
	g, err := guard(r)
	if err != nil {
		return storage.Object{}, err
	}
	content := from.Range(0, from.Size)
	defer func() { _ = content.Close() }()
	s, err := b.Stage(content, storage.StageOptions{Limit: copyLimit})
	if err != nil {
		return storage.Object{}, unreadable(err)
	}
	defer s.Discard()
	return b.Put(r.Key, s, meta, storage.Checksum{}, g)
}

func (d *Dialect) uploadPartCopy(w http.ResponseWriter, r *wire.Request) error {
	u, number, err := d.part(r, ecPartCopy)
	if err != nil {
		return err
	}
	from, err := d.source(r)
	if err != nil {
		return err
	}
	defer from.Close()
	rng, err := sourceRange(r, from.Size)
	if err != nil {
		return err
	}
	p, err := d.duplicatePart(r, u, number, from, rng)
	if err != nil {
		return withEC(err, r, ecPartCopy)
	}
	return answerCopy(w, "CopyPartResult", &storage.Object{Modified: p.Modified, ETag: storage.PlainETag(p.MD5)})
}

// sourceRange returns what x-oss-copy-source-range asks of the source: all of it, or a range within it.
func sourceRange(r *wire.Request, size int64) (wire.Range, error) {
	const header = "x-oss-copy-source-range"
	rng, outcome := wire.ParseRange(r.Header.Get(header), size)
	switch outcome {
	case wire.Absent:
		rng = wire.Whole(size)
	case wire.Satisfied:
	default:
		return rng, argument(header, r.Header.Get(header))
	}
	if rng.Length > putLimit {
		return rng, entityTooLarge
	}
	return rng, nil
}

func (d *Dialect) duplicatePart(r *wire.Request, u *storage.Upload, number int, from *storage.Reader, rng wire.Range) (storage.Part, error) {
	b, err := d.bucket(r)
	if err != nil {
		return storage.Part{}, err
	}
	content := from.Range(rng.Offset, rng.Length)
	defer func() { _ = content.Close() }()
	s, err := b.Stage(content, storage.StageOptions{Limit: putLimit, Part: true})
	if err != nil {
		return storage.Part{}, unreadable(err)
	}
	defer s.Discard()
	return u.PutPart(number, s)
}
