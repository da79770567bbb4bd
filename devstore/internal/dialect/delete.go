package dialect

import (
	"encoding/xml"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// deleteMost is how many objects one request may delete.
const deleteMost = 1000

// DeleteObject answers 204 whether the object was there or not.
func (c *Common) DeleteObject(w http.ResponseWriter, r *wire.Request) error {
	b, err := c.Bucket(r)
	if err != nil {
		return err
	}
	if err := b.Delete(r.Key); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// Deletion is the XML by which a client has many objects deleted.
type Deletion struct {
	XMLName xml.Name `xml:"Delete"`
	Quiet   bool     // it wants to hear of failures only
	Objects []Doomed `xml:"Object"`
}

// Doomed is one object of a Deletion.
type Doomed struct {
	Key       string
	VersionID string `xml:"VersionId"`
}

// ParseDeletion reads a Deletion of at least one object and no more than a request may delete.
func (c *Common) ParseDeletion(body []byte) (Deletion, error) {
	var wanted Deletion
	if err := wire.ParseXML(body, &wanted); err != nil {
		return wanted, err
	}
	if len(wanted.Objects) == 0 || len(wanted.Objects) > deleteMost {
		return wanted, c.Refusals.MalformedXML
	}
	return wanted, nil
}

// Delete removes the object, if it is there. It may name no version but the one that there is.
func (o Doomed) Delete(b *storage.Bucket) error {
	if o.VersionID != "" && o.VersionID != "null" {
		return wire.NotImplemented("Deleting a version")
	}
	return b.Delete(o.Key)
}
