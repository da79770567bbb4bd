package oss

import (
	"encoding/xml"
	"net/http"
	"strings"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

type account struct {
	ID          string `xml:"ID"`
	DisplayName string `xml:"DisplayName"`
}

func theOwner() account { return account{ID: owner, DisplayName: owner} }

type bucketList struct {
	XMLName     xml.Name `xml:"ListAllMyBucketsResult"`
	Prefix      string   `xml:",omitempty"`
	Marker      string   `xml:",omitempty"`
	MaxKeys     int      `xml:",omitempty"`
	IsTruncated bool
	NextMarker  string `xml:",omitempty"`
	Owner       account
	Buckets     []bucketItem `xml:"Buckets>Bucket"`
}

type bucketItem struct {
	CreationDate     string
	ExtranetEndpoint string
	IntranetEndpoint string
	Location         string
	Name             string
	Region           string
	StorageClass     string
}

// listBuckets answers GetService.
func (d *Dialect) listBuckets(w http.ResponseWriter, r *wire.Request) error {
	most, ok := r.Number("max-keys", 100, 1, 1000)
	if !ok {
		return argument("max-keys", r.Query.Get("max-keys"))
	}
	list := bucketList{
		Prefix: r.Query.Get("prefix"), Marker: r.Query.Get("marker"), MaxKeys: most, Owner: theOwner(),
	}
	for _, b := range d.store.Buckets() {
		if !strings.HasPrefix(b.Name(), list.Prefix) || b.Name() <= list.Marker {
			continue
		}
		if len(list.Buckets) == most {
			list.IsTruncated, list.NextMarker = true, list.Buckets[most-1].Name
			break
		}
		list.Buckets = append(list.Buckets, d.bucketItem(b, r))
	}
	return wire.WriteXML(w, http.StatusOK, list)
}

func (d *Dialect) bucketItem(b *storage.Bucket, r *wire.Request) bucketItem {
	info := b.Info()
	return bucketItem{
		CreationDate: wire.Timestamp(info.Created), ExtranetEndpoint: r.Host, IntranetEndpoint: r.Host,
		Location: d.location(), Name: b.Name(), Region: d.region, StorageClass: storageClass(info.StorageClass),
	}
}
