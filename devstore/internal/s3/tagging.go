package s3

import (
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

func (d *Dialect) getTagging(w http.ResponseWriter, r *wire.Request) error {
	o, err := d.stat(r)
	if err != nil {
		return err
	}
	return wire.WriteXML(w, http.StatusOK, wire.TaggingOf(o.Meta.Tags, namespace))
}

func (d *Dialect) putTagging(w http.ResponseWriter, r *wire.Request) error {
	body, err := readBody(r)
	if err != nil {
		return err
	}
	tags, err := wire.ReadTagging(body)
	if err != nil {
		return err
	}
	return d.update(w, r, http.StatusOK, func(m *storage.Meta) { m.Tags = tags })
}

func (d *Dialect) deleteTagging(w http.ResponseWriter, r *wire.Request) error {
	return d.update(w, r, http.StatusNoContent, func(m *storage.Meta) { m.Tags = nil })
}
