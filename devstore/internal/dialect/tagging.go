package dialect

import (
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// GetTagging answers with the tags of an object.
func (c *Common) GetTagging(w http.ResponseWriter, r *wire.Request) error {
	o, err := c.Stat(r)
	if err != nil {
		return err
	}
	return wire.WriteXML(w, http.StatusOK, wire.TaggingOf(o.Meta.Tags, c.Namespace))
}

// PutTagging replaces the tags of an object.
func (c *Common) PutTagging(w http.ResponseWriter, r *wire.Request) error {
	body, err := c.ReadBody(r)
	if err != nil {
		return err
	}
	tags, err := wire.ReadTagging(body)
	if err != nil {
		return err
	}
	return c.Update(w, r, http.StatusOK, func(m *storage.Meta) { m.Tags = tags })
}

// DeleteTagging removes the tags of an object.
func (c *Common) DeleteTagging(w http.ResponseWriter, r *wire.Request) error {
	return c.Update(w, r, http.StatusNoContent, func(m *storage.Meta) { m.Tags = nil })
}
