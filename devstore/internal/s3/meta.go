package s3

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/ingest-dev/ingest/devstore/internal/dialect"
	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

const standard = "STANDARD"

// classes are the storage classes of S3, and what OSS calls them: so they are kept. Where OSS has none like it, S3's
// own name is kept. The emulator shows them; they change nothing else.
var classes = map[string]string{
	standard: "", "STANDARD_IA": "IA", "GLACIER": "Archive", "DEEP_ARCHIVE": "ColdArchive",
	"ONEZONE_IA": "ONEZONE_IA", "INTELLIGENT_TIERING": "INTELLIGENT_TIERING", "GLACIER_IR": "GLACIER_IR",
	"REDUCED_REDUNDANCY": "REDUCED_REDUNDANCY", "EXPRESS_ONEZONE": "EXPRESS_ONEZONE",
}

// storageClass returns a class that is kept as S3 shows it.
func storageClass(kept string) string {
	for name, as := range classes {
		if as == kept {
			return name
		}
	}
	return standard
}

// readMeta returns what the headers say of an object, or why they cannot.
func readMeta(r *wire.Request) (storage.Meta, error) {
	m, err := wire.ReadMeta(r.Header, prefix)
	if err != nil {
		return m, err
	}
	if class := r.Header.Get("x-amz-storage-class"); class != "" {
		as, ok := classes[class]
		if !ok {
			return m, invalidClass
		}
		m.StorageClass = as
	}
	m.ACL = r.Header.Get("x-amz-acl")
	if !validACL(m.ACL) {
		return m, refusals.Argument("x-amz-acl", m.ACL)
	}
	if m.Lock, err = readLock(r); err != nil {
		return m, err
	}
	m.Encryption, err = readEncryption(r)
	return m, err
}

// guard returns the condition that If-None-Match and If-Match make on what is to be overwritten in b, nil if none. It is
// to be called before the content is read: an object that is there now and gone by then was deleted meanwhile.
func guard(r *wire.Request, b *storage.Bucket) (storage.Guard, error) {
	match, none := r.Header.Get("If-Match"), r.Header.Get("If-None-Match")
	switch {
	case none != "" && none != "*":
		return nil, wire.NotImplemented("A PUT with If-None-Match other than *")
	case none != "":
		was := b.Check(r.Key, absent) != nil
		return func(current *storage.Entry) error { return stillAbsent(current, was) }, nil
	case match != "":
		return func(current *storage.Entry) error { return same(current, match) }, nil
	}
	return nil, nil
}

func absent(current *storage.Entry) error {
	if current != nil {
		return refusals.PreconditionFailed.With("Condition", "If-None-Match")
	}
	return nil
}

// stillAbsent is absent for an object that was there when the request began, if it was.
func stillAbsent(current *storage.Entry, was bool) error {
	if was && current == nil {
		return conflict.With("Condition", "If-None-Match")
	}
	return absent(current)
}

func same(current *storage.Entry, match string) error {
	switch {
	case current == nil:
		return refusals.NoSuchKey
	case !wire.MatchesETag(match, current.ETag.S3()):
		return refusals.PreconditionFailed.With("Condition", "If-Match")
	}
	return nil
}

// describe writes the headers that HEAD and GET have in common.
func describe(h http.Header, r *wire.Request, o *storage.Object, rng wire.Range) {
	wire.WriteMeta(h, o.Meta, prefix, r.Query)
	outline(h, o)
	dialect.SetVersion(h, prefix, o)
	setEncryption(h, r, o.Meta.Encryption)
	setLock(h, o.Meta.Lock)
	if class := storageClass(o.Meta.StorageClass); class != standard {
		h.Set("x-amz-storage-class", class)
	}
	if strings.EqualFold(r.Header.Get("x-amz-checksum-mode"), "ENABLED") && rng == wire.Whole(o.Size) {
		setChecksum(h, o.Checksum, len(o.PartSizes))
	}
	if r.Query.Has("partNumber") && o.Upload != "" {
		h.Set("x-amz-mp-parts-count", strconv.Itoa(len(o.PartSizes)))
	}
}

// outline writes the headers that even a 304 has.
func outline(h http.Header, o *storage.Object) {
	h.Set("ETag", quoted(o.ETag.S3()))
	h.Set("Last-Modified", o.Modified.Format(http.TimeFormat))
}
