package oss

import (
	"net/http"

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
	cb, err := d.callback(r)
	if err != nil {
		return err
	}
	s, err := d.take(r, b, false)
	if err != nil {
		return err
	}
	defer s.Discard()
	o, err := b.Put(r.Key, s, meta, storage.Checksum{}, g)
	if err != nil {
		return err
	}
	setSums(w.Header(), s)
	setEncryption(w.Header(), meta.Encryption)
	dialect.SetVersion(w.Header(), prefix, &o)
	if cb != nil {
		return d.tell(w, r, cb, "PutObject", o)
	}
	w.WriteHeader(http.StatusOK)
	return nil
}
