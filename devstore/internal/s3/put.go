package s3

import (
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/checksum"
	"github.com/ingest-dev/ingest/devstore/internal/dialect"
	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

func (d *Dialect) putObject(w http.ResponseWriter, r *wire.Request) error {
	b, err := d.Target(r)
	if err != nil {
		return err
	}
	meta, err := readMeta(r)
	if err != nil {
		return err
	}
	g, err := guard(r, b)
	if err != nil {
		return err
	}
	c, err := readClaim(r)
	if err != nil {
		return err
	}
	s, err := d.take(r, b, c, c.chosen(), false)
	if err != nil {
		return err
	}
	defer s.Discard()
	o, err := b.Put(r.Key, s, meta, ofWhole(s.Stored(), c.chosen()), g)
	if err != nil {
		return err
	}
	dialect.SetVersion(w.Header(), prefix, &o)
	setEncryption(w.Header(), r, meta.Encryption)
	answerPut(w, s.Digests, c.chosen())
	return nil
}

// answerPut says what was received.
func answerPut(w http.ResponseWriter, d storage.Digests, a checksum.Algorithm) {
	w.Header().Set("ETag", quoted(storage.PlainETag(d.MD5).S3()))
	setChecksum(w.Header(), ofWhole(d, a), 0)
	w.WriteHeader(http.StatusOK)
}
