package oss

import (
	"encoding/base64"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/dialect"
	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

const standard = "Standard"

// classes are the storage classes of OSS. The emulator keeps and shows them; they change nothing else.
var classes = map[string]bool{
	standard: true, "IA": true, "Archive": true, "ColdArchive": true, "DeepColdArchive": true,
}

func validStorageClass(class string) bool { return class == "" || classes[class] }

// storageClass returns a class as OSS shows it: Standard for one that only S3 has.
func storageClass(kept string) string {
	if !classes[kept] {
		return standard
	}
	return kept
}

// readMeta returns what the headers say of an object, or why they cannot.
func readMeta(r *wire.Request) (storage.Meta, error) {
	m, err := wire.ReadMeta(r.Header, prefix)
	if err != nil {
		return m, err
	}
	m.StorageClass = r.Header.Get("x-oss-storage-class")
	if !validStorageClass(m.StorageClass) {
		return m, refusals.Argument("x-oss-storage-class", m.StorageClass)
	}
	m.ACL = r.Header.Get("x-oss-object-acl")
	if !validObjectACL(m.ACL) {
		return m, refusals.Argument("x-oss-object-acl", m.ACL)
	}
	m.Encryption, err = readEncryption(r)
	return m, err
}

// guard returns the condition that x-oss-forbid-overwrite makes on an object in b, nil if it makes none. Where b has or
// had versions it makes none: there nothing is overwritten.
func guard(r *wire.Request, b *storage.Bucket) (storage.Guard, error) {
	forbid, ok := r.Flag("x-oss-forbid-overwrite")
	switch {
	case !ok:
		return nil, invalidOverwrite
	case forbid:
		return func(current *storage.Entry) error { return absent(current, b.Info().Versioning) }, nil
	}
	return nil, nil
}

func absent(current *storage.Entry, v storage.Versioning) error {
	if current != nil && v == storage.Unversioned {
		return fileExists
	}
	return nil
}

// describe writes the headers that HEAD and GET have in common.
func describe(h http.Header, r *wire.Request, o *storage.Object, _ wire.Range) {
	wire.WriteMeta(h, o.Meta, prefix, r.Query)
	outline(h, o)
	dialect.SetVersion(h, prefix, o)
	h.Set("x-oss-object-type", objectType(o.Upload != ""))
	h.Set("x-oss-storage-class", storageClass(o.Meta.StorageClass))
	setEncryption(h, o.Meta.Encryption)
	if sum, ok := contentMD5(o); ok {
		h.Set("Content-MD5", sum)
	}
}

// outline writes the headers that even ?objectMeta and a 304 have.
func outline(h http.Header, o *storage.Object) {
	h.Set("ETag", quoted(o.ETag.OSS()))
	h.Set("Last-Modified", o.Modified.Format(http.TimeFormat))
	h.Set("x-oss-hash-crc64ecma", decimal(o.CRC64))
}

// contentMD5 returns the MD5 of an object's content, if it is known: that of the parts together is only where they came
// one after the other.
func contentMD5(o *storage.Object) (string, bool) {
	sum := o.MD5
	if o.Upload == "" {
		sum = &o.ETag.OSSSum
	}
	if sum == nil {
		return "", false
	}
	return base64.StdEncoding.EncodeToString(sum[:]), true
}

func objectType(multipart bool) string {
	if multipart {
		return "Multipart"
	}
	return "Normal"
}
