package s3

import (
	"encoding/xml"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/dialect"
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
	CommonPrefixes     []dialect.CommonPrefix
}

type uploadItem struct {
	Key               string
	UploadID          string `xml:"UploadId"`
	Initiator         dialect.Account
	Owner             dialect.Account
	StorageClass      string
	Initiated         string
	ChecksumAlgorithm string `xml:",omitempty"`
	ChecksumType      string `xml:",omitempty"`
}

func (d *Dialect) listUploads(w http.ResponseWriter, r *wire.Request) error {
	l, err := d.ListUploads(r)
	if err != nil {
		return err
	}
	name := l.Encoder.Name
	list := uploadList{
		XMLName: root("ListMultipartUploadsResult"), EncodingType: l.Encoder.Type(), Bucket: r.Bucket,
		KeyMarker: name(l.KeyMarker), UploadIDMarker: l.IDMarker,
		NextKeyMarker: name(l.NextKey), NextUploadIDMarker: l.NextID,
		Delimiter: name(l.Delimiter), Prefix: name(l.Prefix), MaxUploads: l.Max, IsTruncated: l.Truncated,
		CommonPrefixes: dialect.CommonPrefixes(l.Prefixes, l.Encoder),
	}
	for _, u := range l.Uploads {
		list.Uploads = append(list.Uploads, uploadItem{
			Key: name(u.Key), UploadID: u.ID, Initiator: dialect.Owner(), Owner: dialect.Owner(),
			StorageClass: storageClass(u.Meta.StorageClass), Initiated: wire.Timestamp(u.Created),
			ChecksumAlgorithm: string(u.Algorithm), ChecksumType: string(u.Kind),
		})
	}
	return wire.WriteXML(w, http.StatusOK, list)
}
