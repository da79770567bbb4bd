package oss

import (
	"encoding/xml"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/dialect"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

type objectList struct {
	XMLName        xml.Name `xml:"ListBucketResult"`
	Name           string
	Prefix         string
	Delimiter      string
	EncodingType   string `xml:",omitempty"`
	MaxKeys        int
	IsTruncated    bool
	Contents       []objectItem
	CommonPrefixes []dialect.CommonPrefix
}

type objectListV1 struct {
	objectList
	Marker     string
	NextMarker string `xml:",omitempty"`
}

type objectListV2 struct {
	objectList
	StartAfter            string
	ContinuationToken     string `xml:",omitempty"`
	NextContinuationToken string `xml:",omitempty"`
	KeyCount              int
}

type objectItem struct {
	Key          string
	LastModified string
	ETag         string
	Type         string
	Size         int64
	StorageClass string
	Owner        *dialect.Account
}

func (d *Dialect) listObjects(w http.ResponseWriter, r *wire.Request) error {
	marker := r.Query.Get("marker")
	l, err := d.List(r, marker)
	if err != nil {
		return err
	}
	return wire.WriteXML(w, http.StatusOK, objectListV1{
		objectList: newObjectList(r, &l), Marker: l.Encoder.Name(marker), NextMarker: l.Encoder.Name(l.Next),
	})
}

func (d *Dialect) listObjectsV2(w http.ResponseWriter, r *wire.Request) error {
	l, err := d.ListV2(r)
	if err != nil {
		return err
	}
	return wire.WriteXML(w, http.StatusOK, objectListV2{
		objectList: newObjectList(r, &l.Listing), StartAfter: l.Encoder.Name(l.StartAfter),
		ContinuationToken: l.Token, NextContinuationToken: l.NextToken, KeyCount: l.Count(),
	})
}

// newObjectList returns what both versions of the operation answer.
func newObjectList(r *wire.Request, l *dialect.Listing) objectList {
	list := objectList{
		Name: r.Bucket, Prefix: l.Encoder.Name(l.Prefix), Delimiter: l.Encoder.Name(l.Delimiter),
		EncodingType: l.Encoder.Type(), MaxKeys: l.Most, IsTruncated: l.Truncated,
		CommonPrefixes: dialect.CommonPrefixes(l.Prefixes, l.Encoder),
	}
	for _, e := range l.Objects {
		list.Contents = append(list.Contents, objectItem{
			Key: l.Encoder.Name(e.Key), LastModified: wire.Timestamp(e.Modified), ETag: quoted(e.ETag.OSS()),
			Type: objectType(e.Multipart), Size: e.Size, StorageClass: storageClass(e.StorageClass), Owner: l.Owner(),
		})
	}
	return list
}
