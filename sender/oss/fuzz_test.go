package oss

import (
	"testing"

	"github.com/ingest-dev/ingest/sender/internal/wire"
)

func FuzzError(f *testing.F) {
	f.Add([]byte("<Error><Code>NoSuchKey</Code><Message>m</Message><EC>0026-00000001</EC></Error>"))
	f.Add([]byte("<html>"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, ok := decodeProblem(b)
		if ok && (p.Code == "" || len(p.Code) > maxField+3 || len(p.Message) > maxMessage+3 || len(p.Endpoint) > maxField+3) {
			t.Fatalf("%q gave %+v", b, p)
		}
	})
}

func FuzzInitiate(f *testing.F) {
	f.Add([]byte("<InitiateMultipartUploadResult><UploadId>A</UploadId></InitiateMultipartUploadResult>"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var r initiateResult
		if wire.DecodeXML(b, &r) == nil && r.XMLName.Local != "InitiateMultipartUploadResult" {
			t.Fatalf("%q was taken", b)
		}
	})
}

func FuzzComplete(f *testing.F) {
	f.Add([]byte(`<CompleteMultipartUploadResult><ETag>"A-1"</ETag></CompleteMultipartUploadResult>`))
	f.Add([]byte(`<Error><Code>InternalError</Code></Error>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var s Store
		answer := &wire.Response{Status: 200, Body: b}
		r, err := s.completed(t.Context(), &call{op: "complete upload", key: "k"}, answer)
		if err == nil && (r.ETag == "" || len(r.ETag) > maxETag) {
			t.Fatalf("%q gave %+v", b, r)
		}
	})
}

func FuzzListParts(f *testing.F) {
	f.Add([]byte("<ListPartsResult><IsTruncated>true</IsTruncated><NextPartNumberMarker>1</NextPartNumberMarker><Part><PartNumber>1</PartNumber></Part></ListPartsResult>"), 0)
	f.Fuzz(func(t *testing.T, b []byte, last int) {
		page := new(partList)
		if last < 0 || wire.DecodeXML(b, page) != nil || page.check(last) != nil {
			return
		}
		for _, p := range page.Parts {
			if p.Number <= last {
				t.Fatalf("%q does not ascend", b)
			}
			last = p.Number
		}
		if page.More && page.Next < last {
			t.Fatalf("%q goes back", b)
		}
	})
}

func FuzzListUploads(f *testing.F) {
	f.Add([]byte("<ListMultipartUploadsResult><EncodingType>url</EncodingType><Upload><Key>a%2Fb</Key><UploadId>I</UploadId></Upload></ListMultipartUploadsResult>"))
	f.Fuzz(func(t *testing.T, b []byte) {
		page, err := parseUploads(b)
		if err != nil {
			return
		}
		for _, u := range page.Uploads {
			if o := u.open(); o.Key == "" || o.ID == "" || len(o.ID) > maxUploadID {
				t.Fatalf("%q gave %+v", b, o)
			}
		}
	})
}
