package s3

import (
	"encoding/xml"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/dialect"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

type bucketList struct {
	XMLName           xml.Name
	Owner             dialect.Account
	Buckets           []bucketItem `xml:"Buckets>Bucket"`
	Prefix            string       `xml:",omitempty"`
	ContinuationToken string       `xml:",omitempty"`
}

type bucketItem struct {
	Name         string
	CreationDate string
	BucketRegion string `xml:",omitempty"`
}

// listBuckets pages by name: the token is the last name of the page before.
func (d *Dialect) listBuckets(w http.ResponseWriter, r *wire.Request) error {
	most, err := d.Number(r, "max-buckets", 10000, 1, 10000)
	if err != nil {
		return err
	}
	prefix := r.Query.Get("prefix")
	page, more := d.Buckets(prefix, r.Query.Get("continuation-token"), most)
	list := bucketList{XMLName: root("ListAllMyBucketsResult"), Owner: dialect.Owner(), Prefix: prefix}
	for _, b := range page {
		list.Buckets = append(list.Buckets, bucketItem{
			Name: b.Name(), CreationDate: wire.Timestamp(b.Info().Created), BucketRegion: d.Region,
		})
	}
	if more {
		list.ContinuationToken = page[len(page)-1].Name()
	}
	return wire.WriteXML(w, http.StatusOK, list)
}
