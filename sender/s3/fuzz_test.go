package s3

import (
	"bytes"
	"encoding/xml"
	"testing"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
)

// seeds are answers of every kind, whole and cut.
func seeds(f *testing.F) {
	for _, s := range []string{
		"", " \n", "<a/>", "<!DOCTYPE a><a/>",
		"<Error><Code>SlowDown</Code><Message>m</Message><Region>r</Region></Error>",
		"<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>",
		result("<ETag>&quot;e&quot;</ETag><ChecksumCRC64NVME>AAAAAAAAAAA=</ChecksumCRC64NVME><ChecksumType>FULL_OBJECT</ChecksumType>"),
		"<ListPartsResult><IsTruncated>true</IsTruncated><Part><PartNumber>3</PartNumber><Size>5</Size><ETag>x</ETag></Part></ListPartsResult>",
		"<ListMultipartUploadsResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><NextKeyMarker>%C3%A4</NextKeyMarker>" +
			"<Upload><Key>a+b</Key><UploadId>u</UploadId><Initiated>2026-01-02T03:04:05.000Z</Initiated></Upload></ListMultipartUploadsResult>",
	} {
		f.Add([]byte(s))
		f.Add([]byte(s[:len(s)*2/3]))
	}
}

func FuzzRefusal(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		if x, ok := parseRefusal(body); ok && (x.Code == "" || !bytes.Contains(body, []byte("Error"))) {
			t.Errorf("%+v out of %q", x, body)
		}
	})
}

func FuzzBegin(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		if id, err := parseBegin(body); err == nil && (id == "" || len(id) > maxUploadID) {
			t.Errorf("id %q out of %q", id, body)
		}
	})
}

func FuzzCompleted(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		x, err := parseCompleted(body)
		if err != nil {
			return
		}
		if !bytes.Contains(body, []byte("CompleteMultipartUploadResult")) || !bytes.HasSuffix(bytes.TrimSpace(body), []byte(">")) {
			t.Errorf("a success out of %q", body)
		}
		x.whole(hasher.CRC64NVME)
	})
}

func FuzzParts(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		page, err := parseParts(body, 2)
		if err != nil {
			return
		}
		after := 2
		for _, p := range page.Parts {
			s := p.stored(hasher.CRC64NVME, false)
			if s.Number <= after || s.Size < 0 || len(s.ETag) > maxETag {
				t.Errorf("%+v after %d", s, after)
			}
			after = s.Number
		}
		if page.Truncated && after == 2 {
			t.Error("a page that leads to itself")
		}
	})
}

func FuzzUploads(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		after := sender.Upload{Key: "a", ID: "1"}
		page, err := parseUploads(body, after)
		if err == nil && page.truncated && page.next == after {
			t.Error("a page that leads to itself")
		}
	})
}

// FuzzPartsXML holds that what is sent to Complete reads back, whatever the ETags are.
func FuzzPartsXML(f *testing.F) {
	f.Add(1, "abc")
	f.Add(10000, `"<&>`)
	f.Fuzz(func(t *testing.T, number int, etag string) {
		body := partsXML([]sender.StoredPart{{Number: number, ETag: etag}}, "")
		var x struct {
			Parts []partXML `xml:"Part"`
		}
		if err := xml.Unmarshal(body, &x); err != nil || len(x.Parts) != 1 || x.Parts[0].Number != number {
			t.Errorf("%v: %s", err, body)
		}
	})
}

func FuzzRedaction(f *testing.F) {
	f.Add("Signature=abc, Signature=", "tok")
	f.Fuzz(func(t *testing.T, text, token string) {
		if len(token) < 12 { // shorter ones may be a part of "[redacted]"
			return
		}
		keys := testKeys
		keys.SessionToken = token
		if got := (&call{secrets: [4]string{keys.SecretAccessKey, keys.SessionToken}}).clean(text); bytes.Contains([]byte(got), []byte(token)) {
			t.Errorf("%q still holds %q", got, token)
		}
	})
}
