package oss

import (
	"encoding/xml"
	"net/http"
	"strings"

	"github.com/ingest-dev/ingest/devstore/internal/dialect"
	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

type copied struct {
	XMLName      xml.Name
	LastModified string
	ETag         string
}

func (d *Dialect) copyObject(w http.ResponseWriter, r *wire.Request) error {
	b, err := d.Target(r)
	if err != nil {
		return err
	}
	from, err := d.Source(r)
	if err != nil {
		return err
	}
	defer from.Close()
	if from.Size > copyLimit {
		return refusals.EntityTooLarge.Saying("An object of more than 1 GB is copied by parts.")
	}
	meta, err := copiedMeta(r, &from.Object)
	if err != nil {
		return err
	}
	o, err := duplicate(r, b, from, meta)
	if err != nil {
		return err
	}
	w.Header().Set("x-oss-hash-crc64ecma", decimal(o.CRC64))
	setEncryption(w.Header(), meta.Encryption)
	dialect.SetVersion(w.Header(), prefix, &o)
	return answerCopy(w, "CopyObjectResult", &o)
}

func answerCopy(w http.ResponseWriter, root string, o *storage.Object) error {
	w.Header().Set("ETag", quoted(o.ETag.OSS()))
	return wire.WriteXML(w, http.StatusOK, copied{
		XMLName:      xml.Name{Local: root},
		LastModified: wire.Timestamp(o.Modified), ETag: quoted(o.ETag.OSS()),
	})
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
		return own, refusals.Argument("x-oss-metadata-directive", directive)
	}
	if !strings.EqualFold(r.Header.Get("x-oss-tagging-directive"), "Replace") {
		meta.Tags = from.Meta.Tags
	}
	return meta, nil
}

// duplicate writes the copy, on the condition that r makes.
func duplicate(r *wire.Request, b *storage.Bucket, from *storage.Reader, meta storage.Meta) (storage.Object, error) {
	g, err := guard(r, b)
	if err != nil {
		return storage.Object{}, err
	}
	s, err := dialect.StageCopy(b, from, storage.StageOptions{Limit: copyLimit})
	if err != nil {
		return storage.Object{}, err
	}
	defer s.Discard()
	return b.Put(r.Key, s, meta, storage.Checksum{}, g)
}

func (d *Dialect) uploadPartCopy(w http.ResponseWriter, r *wire.Request) error {
	to, err := d.place(r, ecPartCopy)
	if err != nil {
		return err
	}
	from, err := d.Source(r)
	if err != nil {
		return err
	}
	defer from.Close()
	p, err := d.CopyPart(r, to, from, storage.StageOptions{})
	if err != nil {
		return withEC(err, r, ecPartCopy)
	}
	setEncryption(w.Header(), to.Upload.Meta.Encryption)
	return answerCopy(w, "CopyPartResult", &storage.Object{Modified: p.Modified, ETag: storage.PlainETag(p.MD5)})
}
