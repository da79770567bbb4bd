package s3

import (
	"encoding/xml"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/dialect"
	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

func (d *Dialect) deleteObject(w http.ResponseWriter, r *wire.Request) error {
	if r.Header.Get("If-Match") != "" {
		return wire.NotImplemented("A DELETE with If-Match")
	}
	return d.DeleteObject(w, r)
}

type deleted struct {
	XMLName xml.Name
	Deleted []deletedKey
	Failed  []failedKey `xml:"Error"`
}

type deletedKey struct{ Key string }

type failedKey struct{ Key, Code, Message string }

func (d *Dialect) deleteObjects(w http.ResponseWriter, r *wire.Request) error {
	b, err := d.Bucket(r)
	if err != nil {
		return err
	}
	body, err := d.readSignedBody(r)
	if err != nil {
		return err
	}
	wanted, err := d.ParseDeletion(body)
	if err != nil {
		return err
	}
	return wire.WriteXML(w, http.StatusOK, deleteAll(b, wanted))
}

// deleteAll answers for each object by itself, as S3 does.
func deleteAll(b *storage.Bucket, wanted dialect.Deletion) deleted {
	list := deleted{XMLName: root("DeleteResult")}
	for _, o := range wanted.Objects {
		if err := o.Delete(b); err != nil {
			e := refusals.Explain(err)
			list.Failed = append(list.Failed, failedKey{Key: o.Key, Code: e.Code, Message: e.Message})
		} else if !wanted.Quiet {
			list.Deleted = append(list.Deleted, deletedKey{o.Key})
		}
	}
	return list
}
