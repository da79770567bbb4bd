package oss

import (
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

func (d *Dialect) putObject(w http.ResponseWriter, r *wire.Request) error {
	b, err := d.target(r)
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
	s, err := d.take(r, b, false)
	if err != nil {
		return err
	}
	defer s.Discard()
	if _, err := b.Put(r.Key, s, meta, storage.Checksum{}, g); err != nil {
		return err
	}
	setSums(w.Header(), s)
	w.WriteHeader(http.StatusOK)
	return nil
}

// target returns the bucket in which r may write its key.
func (d *Dialect) target(r *wire.Request) (*storage.Bucket, error) {
	b, err := d.bucket(r)
	if err != nil {
		return nil, err
	}
	return b, checkKey(r.Key)
}
