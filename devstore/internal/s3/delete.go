package s3

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
	if r.Header.Get("If-Match") != "" {
		return wire.NotImplemented("A DELETE with If-Match")
	}
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
	XMLName xml.Name
	Deleted []deletedKey
	Failed  []failedKey `xml:"Error"`
}

type deletedKey struct{ Key string }

type failedKey struct{ Key, Code, Message string }

func (d *Dialect) deleteObjects(w http.ResponseWriter, r *wire.Request) error {
	b, err := d.bucket(r)
	if err != nil {
		return err
	}
	body, err := readSignedBody(r)
	if err != nil {
		return err
	}
	var wanted deletion
	if err := wire.ParseXML(body, &wanted); err != nil {
		return err
	}
	if len(wanted.Objects) == 0 || len(wanted.Objects) > deleteMost {
		return malformedXML
	}
	return wire.WriteXML(w, http.StatusOK, deleteAll(b, wanted))
}

// deleteAll answers for each object by itself, as S3 does.
func deleteAll(b *storage.Bucket, wanted deletion) deleted {
	list := deleted{XMLName: root("DeleteResult")}
	for _, o := range wanted.Objects {
		var err error
		if o.VersionID != "" && o.VersionID != "null" {
			err = wire.NotImplemented("Deleting a version")
		} else {
			err = b.Delete(o.Key)
		}
		if err != nil {
			e := explain(err)
			list.Failed = append(list.Failed, failedKey{Key: o.Key, Code: e.Code, Message: e.Message})
		} else if !wanted.Quiet {
			list.Deleted = append(list.Deleted, deletedKey{o.Key})
		}
	}
	return list
}
