package oss

import (
	"encoding/xml"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// deleteMost is how many objects one request may delete.
const deleteMost = 1000

// deleteObject answers 204 whether the object was there or not.
func (d *Dialect) deleteObject(w http.ResponseWriter, r *wire.Request) error {
	b, err := d.bucket(r)
	if err != nil {
		return err
	}
	if err := b.Delete(r.Key); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

type deletion struct {
	XMLName xml.Name `xml:"Delete"`
	Quiet   bool
	Objects []struct {
		Key       string
		VersionID string `xml:"VersionId"`
	} `xml:"Object"`
}

type deleted struct {
	XMLName      xml.Name     `xml:"DeleteResult"`
	EncodingType string       `xml:",omitempty"`
	Deleted      []deletedKey `xml:"Deleted"`
}

type deletedKey struct{ Key string }

func (d *Dialect) deleteObjects(w http.ResponseWriter, r *wire.Request) error {
	b, err := d.bucket(r)
	if err != nil {
		return err
	}
	encoder, ok := r.Encoding(false)
	if !ok {
		return argument("encoding-type", r.Query.Get("encoding-type"))
	}
	wanted, err := readDeletion(r)
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

func readDeletion(r *wire.Request) (deletion, error) {
	var wanted deletion
	body, err := readBody(r)
	if err == nil {
		err = wire.ParseXML(body, &wanted)
	}
	if err == nil && (len(wanted.Objects) == 0 || len(wanted.Objects) > deleteMost) {
		err = malformedXML
	}
	return wanted, err
}

func deleteAll(b *storage.Bucket, wanted deletion, encoder wire.Encoder) (deleted, error) {
	answer := deleted{EncodingType: encoder.Type()}
	for _, o := range wanted.Objects {
		if o.VersionID != "" && o.VersionID != "null" {
			return answer, wire.NotImplemented("Deleting a version")
		}
		if err := b.Delete(o.Key); err != nil {
			return answer, err
		}
		answer.Deleted = append(answer.Deleted, deletedKey{encoder.Name(o.Key)})
	}
	return answer, nil
}
