package oss

import (
	"encoding/xml"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/dialect"
	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

type deleted struct {
	XMLName      xml.Name     `xml:"DeleteResult"`
	EncodingType string       `xml:",omitempty"`
	Deleted      []deletedKey `xml:"Deleted"`
}

type deletedKey struct{ Key string }

func (d *Dialect) deleteObjects(w http.ResponseWriter, r *wire.Request) error {
	b, err := d.Bucket(r)
	if err != nil {
		return err
	}
	encoder, err := d.Encoder(r)
	if err != nil {
		return err
	}
	body, err := d.ReadBody(r)
	if err != nil {
		return err
	}
	wanted, err := d.ParseDeletion(body)
	if err != nil {
		return err
	}
	answer, err := deleteAll(b, wanted, encoder)
	if err != nil {
		return err
	}
	if wanted.Quiet {
		w.WriteHeader(http.StatusOK)
		return nil
	}
	return wire.WriteXML(w, http.StatusOK, answer)
}

// deleteAll stops at the first object that cannot be deleted.
func deleteAll(b *storage.Bucket, wanted dialect.Deletion, encoder wire.Encoder) (deleted, error) {
	answer := deleted{EncodingType: encoder.Type()}
	for _, o := range wanted.Objects {
		if err := o.Delete(b); err != nil {
			return answer, err
		}
		answer.Deleted = append(answer.Deleted, deletedKey{encoder.Name(o.Key)})
	}
	return answer, nil
}
