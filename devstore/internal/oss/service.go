package oss

import (
	"encoding/xml"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/dialect"
	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

type bucketList struct {
	XMLName     xml.Name `xml:"ListAllMyBucketsResult"`
	Prefix      string   `xml:",omitempty"`
	Marker      string   `xml:",omitempty"`
	MaxKeys     int      `xml:",omitempty"`
	IsTruncated bool
	NextMarker  string `xml:",omitempty"`
	Owner       dialect.Account
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
	most, err := d.Number(r, "max-keys", 100, 1, 1000)
	if err != nil {
		return err
	}
	prefix, marker := r.Query.Get("prefix"), r.Query.Get("marker")
	page, more := d.Buckets(prefix, marker, most)
	list := bucketList{Prefix: prefix, Marker: marker, MaxKeys: most, IsTruncated: more, Owner: dialect.Owner()}
	for _, b := range page {
		list.Buckets = append(list.Buckets, d.bucketItem(b, r))
	}
	if more {
		list.NextMarker = page[len(page)-1].Name()
	}
	return wire.WriteXML(w, http.StatusOK, list)
}

func (d *Dialect) bucketItem(b *storage.Bucket, r *wire.Request) bucketItem {
	info := b.Info()
	return bucketItem{
		CreationDate: wire.Timestamp(info.Created), ExtranetEndpoint: r.Host, IntranetEndpoint: r.Host,
		Location: d.Location, Name: b.Name(), Region: d.region, StorageClass: storageClass(info.StorageClass),
	}
}
