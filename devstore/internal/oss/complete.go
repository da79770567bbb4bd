package oss

import (
	"encoding/xml"
	"errors"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/dialect"
	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

type completion struct {
	XMLName xml.Name `xml:"CompleteMultipartUpload"`
	Parts   []struct {
		PartNumber int
		ETag       string
	} `xml:"Part"`
}

type completed struct {
	XMLName      xml.Name `xml:"CompleteMultipartUploadResult"`
	EncodingType string   `xml:",omitempty"`
	Location     string
	Bucket       string
	Key          string
	ETag         string
}

func (d *Dialect) completeUpload(w http.ResponseWriter, r *wire.Request) error {
	encoder, err := d.Encoder(r)
	if err != nil {
		return err
	}
	cb, err := d.callback(r)
	if err != nil {
		return err
	}
	refs, all, err := d.readCompletion(r)
	if err != nil {
		return err
	}
	o, err := d.complete(r, refs, all)
	if err != nil {
		return withEC(err, r, "")
	}
	w.Header().Set("ETag", quoted(o.ETag.OSS()))
	w.Header().Set("x-oss-hash-crc64ecma", decimal(o.CRC64))
	setEncryption(w.Header(), o.Meta.Encryption)
	dialect.SetVersion(w.Header(), prefix, &o)
	if sum, ok := contentMD5(&o); ok {
		w.Header().Set("Content-MD5", sum)
	}
	if cb != nil {
		return d.tell(w, r, cb, "CompleteMultipartUpload", o)
	}
	return wire.WriteXML(w, http.StatusOK, completed{
		EncodingType: encoder.Type(), Location: "http://" + r.Host + r.URL.EscapedPath(),
		Bucket: r.Bucket, Key: encoder.Name(r.Key), ETag: quoted(o.ETag.OSS()),
	})
}

// readCompletion returns the parts that r lists, or that it wants all of them, for which it must not list any.
func (d *Dialect) readCompletion(r *wire.Request) (refs []storage.PartRef, all bool, err error) {
	body, err := d.ReadBody(r)
	if err != nil {
		return nil, false, err
	}
	if value := r.Header.Get("x-oss-complete-all"); value != "" {
		return nil, true, checkAll(value, body)
	}
	var wanted completion
	if err := wire.ParseXML(body, &wanted); err != nil {
		return nil, false, err
	}
	if len(wanted.Parts) == 0 || len(wanted.Parts) > storage.MaxParts {
		return nil, false, refusals.MalformedXML
	}
	for _, p := range wanted.Parts {
		refs = append(refs, dialect.PartRef(p.PartNumber, p.ETag))
	}
	return refs, false, nil
}

func checkAll(value string, body []byte) error {
	switch {
	case value != "yes":
		return refusals.Argument("x-oss-complete-all", value)
	case len(body) > 0:
		return completeAllAndBody
	}
	return nil
}

func (d *Dialect) complete(r *wire.Request, refs []storage.PartRef, all bool) (storage.Object, error) {
	b, err := d.Bucket(r)
	if err != nil {
		return storage.Object{}, err
	}
	g, err := guard(r, b)
	if err != nil {
		return storage.Object{}, err
	}
	acl := r.Header.Get("x-oss-object-acl")
	if !validObjectACL(acl) {
		return storage.Object{}, refusals.Argument("x-oss-object-acl", acl)
	}
	u, err := d.Upload(r)
	if err != nil {
		return storage.Object{}, err
	}
	o, err := u.Complete(func(have []storage.Part) (storage.Choice, error) {
		if all {
			refs = everyPart(have)
		}
		return choose(u, have, refs, acl)
	}, g)
	if errors.Is(err, fileExists) {
		e := *fileExists
		e.EC = ecOverwrite
		return o, &e
	}
	return o, err
}

func choose(u *storage.Upload, have []storage.Part, refs []storage.PartRef, acl string) (storage.Choice, error) {
	parts, err := storage.Choose(have, refs, partLeast, dialect.SameETag)
	if err == nil && len(parts) == 0 {
		err = refusals.InvalidPart
	}
	c := storage.Choice{Parts: parts, Meta: u.Meta}
	if acl != "" {
		c.Meta.ACL = acl
	}
	return c, err
}

func everyPart(have []storage.Part) []storage.PartRef {
	refs := make([]storage.PartRef, len(have))
	for i, p := range have {
		refs[i] = storage.PartRef{Number: p.Number, ETag: storage.PlainETag(p.MD5).OSS()}
	}
	return refs
}
