package s3

import (
	"encoding/base64"
	"encoding/xml"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// pageMost is how many keys a page has at most; more may be asked for.
const pageMost = 1000

type objectList struct {
	Name           string
	Prefix         string
	Delimiter      string `xml:",omitempty"`
	EncodingType   string `xml:",omitempty"`
	MaxKeys        int
	IsTruncated    bool
	Contents       []objectItem
	CommonPrefixes []prefixItem
}

type objectListV1 struct {
	XMLName xml.Name
	objectList
	Marker     string
	NextMarker string `xml:",omitempty"`
}

type objectListV2 struct {
	XMLName xml.Name
	objectList
	StartAfter            string `xml:",omitempty"`
	ContinuationToken     string `xml:",omitempty"`
	NextContinuationToken string `xml:",omitempty"`
	KeyCount              int
}

type objectItem struct {
	Key               string
	LastModified      string
	ETag              string
	ChecksumAlgorithm string `xml:",omitempty"`
	ChecksumType      string `xml:",omitempty"`
	Size              int64
	StorageClass      string
	Owner             *account
}

type prefixItem struct{ Prefix string }

func (d *Dialect) listObjects(w http.ResponseWriter, r *wire.Request) error {
	marker := r.Query.Get("marker")
	list, next, e, err := d.list(r, marker, true)
	if err != nil {
		return err
	}
	answer := objectListV1{XMLName: root("ListBucketResult"), objectList: list, Marker: e.Name(marker)}
	if list.Delimiter != "" {
		answer.NextMarker = e.Name(next) // without a delimiter the client takes the last key
	}
	return wire.WriteXML(w, http.StatusOK, answer)
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
	list, next, e, err := d.list(r, max(start, string(after)), r.Query.Get("fetch-owner") == "true")
	if err != nil {
		return err
	}
	return wire.WriteXML(w, http.StatusOK, objectListV2{
		XMLName: root("ListBucketResult"), objectList: list, StartAfter: e.Name(start), ContinuationToken: token,
		NextContinuationToken: base64.RawURLEncoding.EncodeToString([]byte(next)),
		KeyCount:              len(list.Contents) + len(list.CommonPrefixes),
	})
}

// list returns what both versions of the operation answer, and where the next page goes on, "" if there is none.
func (d *Dialect) list(r *wire.Request, after string, owners bool) (list objectList, next string, e wire.Encoder, err error) {
	b, err := d.bucket(r)
	if err != nil {
		return list, "", e, err
	}
	e, ok := r.Encoding(true)
	if !ok {
		return list, "", e, argument("encoding-type", r.Query.Get("encoding-type"))
	}
	most, ok := r.Number("max-keys", pageMost, 0, 1<<31-1)
	if !ok {
		return list, "", e, argument("max-keys", r.Query.Get("max-keys"))
	}
	prefix, delimiter := r.Query.Get("prefix"), r.Query.Get("delimiter")
	page := b.List(storage.ListOptions{Prefix: prefix, Delimiter: delimiter, After: after, Max: min(most, pageMost)})
	if page.Truncated {
		next = page.Next
	}
	return objectList{
		Name: r.Bucket, Prefix: e.Name(prefix), Delimiter: e.Name(delimiter),
		EncodingType: e.Type(), MaxKeys: most, IsTruncated: page.Truncated,
		Contents: items(page.Objects, e, owners), CommonPrefixes: prefixes(page.Prefixes, e),
	}, next, e, nil
}

func items(entries []storage.Entry, encoder wire.Encoder, owners bool) []objectItem {
	list := make([]objectItem, len(entries))
	for i, e := range entries {
		list[i] = objectItem{
			Key: encoder.Name(e.Key), LastModified: wire.Timestamp(e.Modified), ETag: quoted(e.ETag.S3()),
			ChecksumAlgorithm: e.Algorithm, ChecksumType: e.Kind,
			Size: e.Size, StorageClass: storageClass(e.StorageClass),
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
