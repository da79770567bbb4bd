package s3

import (
	"encoding/xml"
	"net/http"
	"strings"

	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

type account struct {
	ID          string `xml:"ID"`
	DisplayName string `xml:"DisplayName"`
}

func theOwner() account { return account{ID: owner, DisplayName: owner} }

type bucketList struct {
	XMLName           xml.Name
	Owner             account
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
	most, ok := r.Number("max-buckets", 10000, 1, 10000)
	if !ok {
		return argument("max-buckets", r.Query.Get("max-buckets"))
	}
	list := bucketList{XMLName: root("ListAllMyBucketsResult"), Owner: theOwner(), Prefix: r.Query.Get("prefix")}
	after := r.Query.Get("continuation-token")
	for _, b := range d.store.Buckets() {
		if !strings.HasPrefix(b.Name(), list.Prefix) || b.Name() <= after {
			continue
		}
		if len(list.Buckets) == most {
			list.ContinuationToken = list.Buckets[most-1].Name
			break
		}
		list.Buckets = append(list.Buckets, bucketItem{
			Name: b.Name(), CreationDate: wire.Timestamp(b.Info().Created), BucketRegion: d.region,
		})
	}
	return wire.WriteXML(w, http.StatusOK, list)
}
