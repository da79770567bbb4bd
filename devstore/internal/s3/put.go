package s3

import (
	"net/http"

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
	g, err := guard(r)
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
	o, err := b.Put(r.Key, s, meta, ofWhole(s, c.chosen()), g)
	if err != nil {
		return err
	}
	answerPut(w, &o)
	return nil
}

func answerPut(w http.ResponseWriter, o *storage.Object) {
	w.Header().Set("ETag", quoted(o.ETag.S3()))
	setChecksum(w.Header(), o.Checksum, 0)
	w.WriteHeader(http.StatusOK)
}
