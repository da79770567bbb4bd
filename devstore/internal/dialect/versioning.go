package dialect

import (
	"encoding/xml"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// versioning is the XML of a bucket's state, the same in both dialects but for the name space.
type versioning struct {
	XMLName xml.Name
	Status  storage.Versioning `xml:",omitempty"`
}

const versioningRoot = "VersioningConfiguration"

// GetBucketVersioning answers with the state that was set; of a bucket that never had versions, with none.
func (c *Common) GetBucketVersioning(w http.ResponseWriter, r *wire.Request) error {
	b, err := c.Bucket(r)
	if err != nil {
		return err
	}
	return wire.WriteXML(w, http.StatusOK, versioning{
		XMLName: xml.Name{Space: c.Namespace, Local: versioningRoot}, Status: b.Info().Versioning,
	})
}

// PutBucketVersioning keeps the state of a bucket. It cannot be unversioned again.
func (c *Common) PutBucketVersioning(w http.ResponseWriter, r *wire.Request) error {
	b, err := c.Bucket(r)
	if err != nil {
		return err
	}
	body, err := c.ReadBody(r)
	if err != nil {
		return err
	}
	var wanted versioning
	if err := wire.ParseXML(body, &wanted); err != nil {
		return err
	}
	if wanted.XMLName.Local != versioningRoot || wanted.Status != storage.Enabled && wanted.Status != storage.Suspended {
		return c.Refusals.MalformedXML
	}
	if err := b.SetInfo(func(i *storage.BucketInfo) { i.Versioning = wanted.Status }); err != nil {
		return err
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

// SetVersion writes the header that states the id of an object, if it has one.
func SetVersion(h http.Header, prefix string, o *storage.Object) {
	if o.Version != "" {
		h.Set(prefix+"version-id", o.Version)
	}
}
