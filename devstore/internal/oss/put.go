package oss

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
