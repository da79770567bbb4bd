package oss

import (
	"encoding/base64"
	"encoding/xml"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// The sizes of a page of a listing.
const (
	pageUsual = 100
	pageMost  = 1000
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
	CommonPrefixes []prefixItem
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
	Owner        *account
}

type prefixItem struct{ Prefix string }

func (d *Dialect) listObjects(w http.ResponseWriter, r *wire.Request) error {
	list, page, e, err := d.list(r, r.Query.Get("marker"), true)
	if err != nil {
		return err
	}
	return wire.WriteXML(w, http.StatusOK, objectListV1{
		objectList: list, Marker: e.Name(r.Query.Get("marker")), NextMarker: e.Name(next(page)),
	})
}

func (d *Dialect) listObjectsV2(w http.ResponseWriter, r *wire.Request) error {
	if r.Query.Get("list-type") != "2" {
		return argument("list-type", r.Query.Get("list-type"))
	}
	token := r.Query.Get("continuation-token")
	after, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return argument("continuation-token", token)
	}
	start := r.Query.Get("start-after")
	list, page, e, err := d.list(r, max(start, string(after)), r.Query.Get("fetch-owner") == "true")
	if err != nil {
		return err
	}
	return wire.WriteXML(w, http.StatusOK, objectListV2{
		objectList: list, StartAfter: e.Name(start), ContinuationToken: token,
		NextContinuationToken: base64.RawURLEncoding.EncodeToString([]byte(next(page))),
		KeyCount:              len(list.Contents) + len(list.CommonPrefixes),
	})
}

func next(p storage.Page) string {
	if !p.Truncated {
		return ""
	}
	return p.Next
}

// list returns what both versions of the operation answer, and the page that it is from.
func (d *Dialect) list(r *wire.Request, after string, owners bool) (objectList, storage.Page, wire.Encoder, error) {
	b, err := d.bucket(r)
	if err != nil {
		return objectList{}, storage.Page{}, wire.Encoder{}, err
	}
	encoder, ok := r.Encoding(false)
	if !ok {
		return objectList{}, storage.Page{}, encoder, argument("encoding-type", r.Query.Get("encoding-type"))
	}
	most, ok := r.Number("max-keys", pageUsual, 1, pageMost)
	if !ok {
		return objectList{}, storage.Page{}, encoder, argument("max-keys", r.Query.Get("max-keys"))
	}
	prefix, delimiter := r.Query.Get("prefix"), r.Query.Get("delimiter")
	page := b.List(storage.ListOptions{Prefix: prefix, Delimiter: delimiter, After: after, Max: most})
	return objectList{
		Name: r.Bucket, Prefix: encoder.Name(prefix), Delimiter: encoder.Name(delimiter),
		EncodingType: encoder.Type(), MaxKeys: most, IsTruncated: page.Truncated,
		Contents: items(page.Objects, encoder, owners), CommonPrefixes: prefixes(page.Prefixes, encoder),
	}, page, encoder, nil
}

func items(entries []storage.Entry, encoder wire.Encoder, owners bool) []objectItem {
	list := make([]objectItem, len(entries))
	for i, e := range entries {
		list[i] = objectItem{
			Key: encoder.Name(e.Key), LastModified: wire.Timestamp(e.Modified), ETag: quoted(e.ETag.OSS()),
			Type: objectType(e.Multipart), Size: e.Size, StorageClass: storageClass(e.StorageClass),
		}
		if owners {
			o := theOwner()
			list[i].Owner = &o
		}
	}
	return list
}

func prefixes(names []string, encoder wire.Encoder) []prefixItem {
	list := make([]prefixItem, len(names))
	for i, name := range names {
		list[i].Prefix = encoder.Name(name)
	}
	return list
}
