package oss

import (
	"encoding/xml"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/dialect"
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
	CommonPrefixes     []dialect.CommonPrefix
}

type uploadItem struct {
	Key          string
	UploadID     string `xml:"UploadId"`
	Initiated    string
	StorageClass string
}

func (d *Dialect) listUploads(w http.ResponseWriter, r *wire.Request) error {
	l, err := d.ListUploads(r)
	if err != nil {
		return err
	}
	name := l.Encoder.Name
	list := uploadList{
		EncodingType: l.Encoder.Type(), Bucket: r.Bucket, KeyMarker: name(l.KeyMarker), UploadIDMarker: l.IDMarker,
		NextKeyMarker: name(l.NextKey), NextUploadIDMarker: l.NextID, Delimiter: name(l.Delimiter),
		Prefix: name(l.Prefix), MaxUploads: l.Max, IsTruncated: l.Truncated,
		CommonPrefixes: dialect.CommonPrefixes(l.Prefixes, l.Encoder),
	}
	for _, u := range l.Uploads {
		list.Uploads = append(list.Uploads, uploadItem{
			Key: name(u.Key), UploadID: u.ID, Initiated: wire.Timestamp(u.Created),
			StorageClass: storageClass(u.Meta.StorageClass),
		})
	}
	return wire.WriteXML(w, http.StatusOK, list)
}
