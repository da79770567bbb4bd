package oss

import (
	"encoding/xml"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

type uploadList struct {
	XMLName            xml.Name `xml:"ListMultipartUploadsResult"`
	EncodingType       string   `xml:",omitempty"`
	Bucket             string
	KeyMarker          string
	UploadIDMarker     string `xml:"UploadIdMarker"`
	NextKeyMarker      string
	NextUploadIDMarker string `xml:"NextUploadIdMarker"`
	Delimiter          string
	Prefix             string
	MaxUploads         int
	IsTruncated        bool
	Uploads            []uploadItem `xml:"Upload"`
	CommonPrefixes     []prefixItem
}

type uploadItem struct {
	Key          string
	UploadID     string `xml:"UploadId"`
	Initiated    string
	StorageClass string
}

func (d *Dialect) listUploads(w http.ResponseWriter, r *wire.Request) error {
	b, err := d.bucket(r)
	if err != nil {
		return err
	}
	most, ok := r.Number("max-uploads", pageMost, 1, pageMost)
	if !ok {
		return argument("max-uploads", r.Query.Get("max-uploads"))
	}
	encoder, ok := r.Encoding(false)
	if !ok {
		return argument("encoding-type", r.Query.Get("encoding-type"))
	}
	o := storage.UploadListOptions{
		Prefix: r.Query.Get("prefix"), Delimiter: r.Query.Get("delimiter"),
		KeyMarker: r.Query.Get("key-marker"), IDMarker: r.Query.Get("upload-id-marker"), Max: most,
	}
	list := newUploadList(b.Uploads(o), o, encoder)
	list.Bucket = r.Bucket
	return wire.WriteXML(w, http.StatusOK, list)
}

func newUploadList(page storage.UploadPage, o storage.UploadListOptions, encoder wire.Encoder) uploadList {
	list := uploadList{
		EncodingType: encoder.Type(), KeyMarker: encoder.Name(o.KeyMarker), UploadIDMarker: o.IDMarker,
		Delimiter: encoder.Name(o.Delimiter), Prefix: encoder.Name(o.Prefix), MaxUploads: o.Max,
		IsTruncated: page.Truncated, CommonPrefixes: prefixes(page.Prefixes, encoder),
	}
	if page.Truncated {
		list.NextKeyMarker, list.NextUploadIDMarker = encoder.Name(page.NextKey), page.NextID
	}
	for _, u := range page.Uploads {
		list.Uploads = append(list.Uploads, uploadItem{
			Key: encoder.Name(u.Key), UploadID: u.ID, Initiated: wire.Timestamp(u.Created),
			StorageClass: storageClass(u.Meta.StorageClass),
		})
	}
	return list
}
