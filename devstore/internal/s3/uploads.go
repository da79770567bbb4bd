package s3

import (
	"encoding/xml"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

type uploadList struct {
	XMLName            xml.Name
	Bucket             string
	KeyMarker          string
	UploadIDMarker     string `xml:"UploadIdMarker"`
	NextKeyMarker      string `xml:",omitempty"`
	NextUploadIDMarker string `xml:"NextUploadIdMarker,omitempty"`
	Delimiter          string `xml:",omitempty"`
	Prefix             string
	EncodingType       string `xml:",omitempty"`
	MaxUploads         int
	IsTruncated        bool
	Uploads            []uploadItem `xml:"Upload"`
	CommonPrefixes     []prefixItem
}

type uploadItem struct {
	Key               string
	UploadID          string `xml:"UploadId"`
	Initiator         account
	Owner             account
	StorageClass      string
	Initiated         string
	ChecksumAlgorithm string `xml:",omitempty"`
	ChecksumType      string `xml:",omitempty"`
}

func (d *Dialect) listUploads(w http.ResponseWriter, r *wire.Request) error {
	b, err := d.bucket(r)
	if err != nil {
		return err
	}
	most, ok := r.Number("max-uploads", pageMost, 1, 1<<31-1)
	if !ok {
		return argument("max-uploads", r.Query.Get("max-uploads"))
	}
	encoder, ok := r.Encoding(true)
	if !ok {
		return argument("encoding-type", r.Query.Get("encoding-type"))
	}
	o := storage.UploadListOptions{
		Prefix: r.Query.Get("prefix"), Delimiter: r.Query.Get("delimiter"),
		KeyMarker: r.Query.Get("key-marker"), IDMarker: r.Query.Get("upload-id-marker"), Max: min(most, pageMost),
	}
	list := newUploadList(b.Uploads(o), o, encoder)
	list.Bucket = r.Bucket
	return wire.WriteXML(w, http.StatusOK, list)
}

func newUploadList(page storage.UploadPage, o storage.UploadListOptions, encoder wire.Encoder) uploadList {
	list := uploadList{
		XMLName: root("ListMultipartUploadsResult"), EncodingType: encoder.Type(),
		KeyMarker: encoder.Name(o.KeyMarker), UploadIDMarker: o.IDMarker,
		Delimiter: encoder.Name(o.Delimiter), Prefix: encoder.Name(o.Prefix), MaxUploads: o.Max,
		IsTruncated: page.Truncated, CommonPrefixes: prefixes(page.Prefixes, encoder),
	}
	if page.Truncated {
		list.NextKeyMarker, list.NextUploadIDMarker = encoder.Name(page.NextKey), page.NextID
	}
	for _, u := range page.Uploads {
		list.Uploads = append(list.Uploads, uploadItem{
			Key: encoder.Name(u.Key), UploadID: u.ID, Initiator: theOwner(), Owner: theOwner(),
			StorageClass: storageClass(u.Meta.StorageClass), Initiated: wire.Timestamp(u.Created),
			ChecksumAlgorithm: string(u.Algorithm), ChecksumType: string(u.Kind),
		})
	}
	return list
}
