package oss

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
)

// object has everything that a row may state.
var object = &sender.Object{
	Key: "目录/a b+c%.txt", Size: 3, ContentType: "text/plain", StorageClass: "IA", ACL: "private",
	Metadata: map[string]string{"Origin": "line 7", "run": "é"},
	Tags:     map[string]string{"b": "x y", "a": "1+1=2", "c": ""},
}

const objectPath = "/example-bucket/%E7%9B%AE%E5%BD%95/a%20b%2Bc%25.txt"

var crc = hasher.FromUint64(hasher.CRC64ECMA, 11051210869376104954)

// stored answers as PutObject and UploadPart do.
func stored(_ int, w http.ResponseWriter, _ seen) {
	w.Header().Set("ETag", `"902FBDD2B1DF0C4F70B4A5D23525E932"`)
	w.Header().Set("x-oss-hash-crc64ecma", "11051210869376104954")
	w.Header().Set("x-oss-version-id", "CAEQ")
}

func TestPutSendsWhatTheRowStates(t *testing.T) {
	s, f := start(t, stored)
	got, err := s.Put(t.Context(), object, sender.Payload{Data: []byte("abc")})
	want := sender.Receipt{ETag: "902FBDD2B1DF0C4F70B4A5D23525E932", VersionID: "CAEQ", Checksum: crc}
	if err != nil || got != want {
		t.Fatalf("got %+v, %v", got, err)
	}
	r := f.requests()[0]
	if r.method != "PUT" || r.path != objectPath || r.query != "" || r.body != "abc" {
		t.Errorf("got %+v", r)
	}
	for name, value := range map[string]string{
		"Content-Type": "text/plain", "Content-Length": "3", "X-Oss-Storage-Class": "IA", "X-Oss-Object-Acl": "private",
		"X-Oss-Meta-Origin": "line 7", "X-Oss-Meta-Run": "é", "X-Oss-Tagging": "a=1%2B1%3D2&b=x%20y&c",
		"X-Oss-Security-Token": canaryToken, "X-Oss-Content-Sha256": "UNSIGNED-PAYLOAD", "User-Agent": "ingest",
	} {
		if r.header.Get(name) != value {
			t.Errorf("%s: got %q, want %q", name, r.header.Get(name), value)
		}
	}
}

func TestUploadFromBeginToEnd(t *testing.T) {
	s, f := start(t, func(n int, w http.ResponseWriter, r seen) {
		switch n {
		case 1:
			say(w, "<InitiateMultipartUploadResult><Bucket>b</Bucket><UploadId> 0004B9 </UploadId></InitiateMultipartUploadResult>")
		case 2:
			stored(n, w, r)
		case 3:
			w.Header().Set("x-oss-hash-crc64ecma", "11051210869376104954")
			say(w, `<CompleteMultipartUploadResult><ETag>"B-1"</ETag></CompleteMultipartUploadResult>`)
		default:
			w.WriteHeader(http.StatusNoContent)
		}
	})
	ctx := t.Context()
	u, err := s.Begin(ctx, object)
	if err != nil || u != (sender.Upload{Key: object.Key, ID: "0004B9"}) {
		t.Fatalf("got %+v, %v", u, err)
	}
	r, err := s.SendPart(ctx, u, sender.Part{Number: 12, Payload: sender.Payload{Data: []byte("abc")}})
	if err != nil || r.Checksum != crc {
		t.Fatalf("got %+v, %v", r, err)
	}
	r, err = s.Complete(ctx, u, object, sender.Completion{Parts: []sender.StoredPart{{Number: 12, ETag: r.ETag}}})
	if err != nil || r != (sender.Receipt{ETag: "B-1", Checksum: crc}) {
		t.Fatalf("got %+v, %v", r, err)
	}
	if err := s.Abort(ctx, u); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{
		"POST encoding-type=url&uploads ",
		"PUT partNumber=12&uploadId=0004B9 abc",
		"POST encoding-type=url&uploadId=0004B9 <CompleteMultipartUpload><Part><PartNumber>12</PartNumber>" +
			"<ETag>&#34;902FBDD2B1DF0C4F70B4A5D23525E932&#34;</ETag></Part></CompleteMultipartUpload>",
		"DELETE uploadId=0004B9 ",
	} {
		r := f.requests()[i]
		if got := r.method + " " + r.query + " " + r.body; got != want || r.path != objectPath {
			t.Errorf("got %s %s\nwant %s", r.path, got, want)
		}
	}
	// The ACL belongs to Complete, everything else to Begin, and nothing to the parts.
	begin, part, complete := f.requests()[0].header, f.requests()[1].header, f.requests()[2].header
	if begin.Get("X-Oss-Object-Acl") != "" || begin.Get("X-Oss-Tagging") == "" || begin.Get("X-Oss-Meta-Run") == "" ||
		begin.Get("Content-Type") != "text/plain" || begin.Get("X-Oss-Storage-Class") != "IA" {
		t.Errorf("Begin: %v", begin)
	}
	if part.Get("X-Oss-Storage-Class") != "" || part.Get("Content-Type") != "" {
		t.Errorf("SendPart: %v", part)
	}
	if complete.Get("X-Oss-Object-Acl") != "private" || complete.Get("X-Oss-Meta-Run") != "" {
		t.Errorf("Complete: %v", complete)
	}
}

func TestCompleteThatDoesNotEndWellIsNoSuccess(t *testing.T) {
	const refusal = "<?xml version=\"1.0\"?><Error><Code>InternalError</Code><Message>m</Message></Error>"
	for body, noAnswer := range map[string]bool{
		"":      true,
		refusal: false,
		"   \n\n" + strings.TrimPrefix(refusal, `<?xml version="1.0"?>`):                              false,
		"<html>all is well</html>":                                                                    true,
		"<CompleteMultipartUploadResult/>":                                                            true,
		`<CompleteMultipartUploadResult><ETag>"A"</ETag>`:                                             true,
		`<CompleteMultipartUploadResult><ETag>"A"</ETag></CompleteMultipartUploadResult><Error/>`:     true,
		`<!DOCTYPE a><CompleteMultipartUploadResult><ETag>"A"</ETag></CompleteMultipartUploadResult>`: true,
		`<Result><ETag>"A"</ETag></Result>`:                                                           true,
		`{"Status":"OK"}`:                                                                             true,
	} {
		s, _ := start(t, func(n int, w http.ResponseWriter, r seen) {
			stored(n, w, r)
			say(w, body)
		})
		e := errorOf(t, calls(t, s)["complete upload"]())
		if e.Kind != sender.TryAgain || errors.Is(e, sender.ErrNoAnswer) != noAnswer {
			t.Errorf("%q: got %v", body, e)
		}
	}
}

// OSS answers 200 or 204. What else calls itself a success is not its own, or not the whole of it.
func TestOtherSuccessesAreNone(t *testing.T) {
	for _, status := range []int{201, 202, 203, 206} {
		s, _ := start(t, func(n int, w http.ResponseWriter, r seen) {
			w.Header().Set("ETag", `"A"`)
			w.WriteHeader(status)
		})
		errorOf(t, calls(t, s)["put object"]())
	}
}

func TestUploadWithoutAUsableIDIsNone(t *testing.T) {
	for _, id := range []string{"", "  ", strings.Repeat("x", 1025)} {
		s, _ := start(t, says(200, "<InitiateMultipartUploadResult><UploadId>"+id+"</UploadId></InitiateMultipartUploadResult>"))
		if e := errorOf(t, calls(t, s)["begin upload"]()); !errors.Is(e, sender.ErrNoAnswer) {
			t.Errorf("id of %d bytes: got %v", len(id), e)
		}
	}
}

func TestAbortOfAnUploadThatIsGoneSucceeds(t *testing.T) {
	s, _ := start(t, refuses(404, "NoSuchUpload", ""))
	if err := s.Abort(t.Context(), sender.Upload{Key: "k", ID: "ID"}); err != nil {
		t.Fatal(err)
	}
}

func TestPartsArePaged(t *testing.T) {
	s, f := start(t, func(n int, w http.ResponseWriter, r seen) {
		switch n {
		case 1:
			say(w, `<ListPartsResult xmlns="x"><NextPartNumberMarker> 5 </NextPartNumberMarker><IsTruncated> true </IsTruncated>
				<Part><PartNumber>1</PartNumber><ETag>"A"</ETag><Size>10</Size><HashCrc64ecma>11051210869376104954</HashCrc64ecma></Part>
				<Part><PartNumber>5</PartNumber><ETag>&quot;B&quot;</ETag><Size>11</Size></Part></ListPartsResult>`)
		default:
			say(w, `<ListPartsResult><IsTruncated>false</IsTruncated>
				<Part><PartNumber>10000</PartNumber><ETag>"C"</ETag><Size>12</Size></Part></ListPartsResult>`)
		}
	})
	var got []sender.StoredPart
	for p, err := range s.Parts(t.Context(), sender.Upload{Key: "k", ID: "ID"}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, p)
	}
	want := []sender.StoredPart{
		{Number: 1, Size: 10, ETag: "A", Checksum: crc}, {Number: 5, Size: 11, ETag: "B"}, {Number: 10000, Size: 12, ETag: "C"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	if f.requests()[1].query != "encoding-type=url&max-parts=1000&part-number-marker=5&uploadId=ID" {
		t.Error(f.requests()[1].query)
	}
}

func TestPartListsThatCannotBeAreRefused(t *testing.T) {
	part := func(n int) string { return fmt.Sprintf("<Part><PartNumber>%d</PartNumber></Part>", n) }
	for name, body := range map[string]string{
		"the same page for ever": "<IsTruncated>true</IsTruncated><NextPartNumberMarker>0</NextPartNumberMarker>",
		"back to the start":      "<IsTruncated>true</IsTruncated><NextPartNumberMarker>1</NextPartNumberMarker>" + part(5),
		"descending":             part(5) + part(4),
		"twice":                  part(5) + part(5),
		"part 0":                 part(0),
		"part 10001":             part(10001),
		"a negative size":        "<Part><PartNumber>1</PartNumber><Size>-1</Size></Part>",
		"not a number":           "<Part><PartNumber>one</PartNumber></Part>",
	} {
		s, f := start(t, says(200, "<ListPartsResult>"+body+"</ListPartsResult>"))
		if e := errorOf(t, calls(t, s)["list parts"]()); e.Kind != sender.TryAgain || len(f.requests()) != 1 {
			t.Errorf("%s: %d requests, got %v", name, len(f.requests()), e)
		}
	}
}

func TestUploadsArePagedAndDecoded(t *testing.T) {
	s, f := start(t, func(n int, w http.ResponseWriter, r seen) {
		switch n {
		case 1:
			say(w, `<ListMultipartUploadsResult><EncodingType>url</EncodingType><NextKeyMarker>dir%2Fa+b%01</NextKeyMarker>
				<NextUploadIdMarker>I1</NextUploadIdMarker><IsTruncated>true</IsTruncated>
				<Upload><Key>dir%2Fa+b%01</Key><UploadId>I1</UploadId><Initiated>2012-02-23T04:18:23.000Z</Initiated></Upload>
				</ListMultipartUploadsResult>`)
		default:
			say(w, `<ListMultipartUploadsResult><Upload><Key>dir/z%20</Key><UploadId>I2</UploadId></Upload></ListMultipartUploadsResult>`)
		}
	})
	var got []sender.OpenUpload
	for u, err := range s.Uploads(t.Context(), "dir/") {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, u)
	}
	want := []sender.OpenUpload{
		{Upload: sender.Upload{Key: "dir/a b\x01", ID: "I1"}, Begun: time.Date(2012, 2, 23, 4, 18, 23, 0, time.UTC)},
		{Upload: sender.Upload{Key: "dir/z%20", ID: "I2"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	if f.requests()[0].path != "/example-bucket/" || !strings.Contains(f.requests()[1].query, "key-marker=dir%2Fa%20b%01&prefix=dir%2F&upload-id-marker=I1") {
		t.Errorf("got %s %s", f.requests()[0].path, f.requests()[1].query)
	}
}

func TestUploadListsThatCannotBeAreRefused(t *testing.T) {
	for name, body := range map[string]string{
		"the same page for ever": "<IsTruncated>true</IsTruncated>",
		"no id":                  "<Upload><Key>k</Key></Upload>",
		"no key":                 "<Upload><UploadId>I</UploadId></Upload>",
		"bad encoding":           "<EncodingType>url</EncodingType><Upload><Key>%zz</Key><UploadId>I</UploadId></Upload>",
	} {
		s, f := start(t, says(200, "<ListMultipartUploadsResult>"+body+"</ListMultipartUploadsResult>"))
		if e := errorOf(t, calls(t, s)["list uploads"]()); e.Kind != sender.TryAgain || len(f.requests()) != 1 {
			t.Errorf("%s: %d requests, got %v", name, len(f.requests()), e)
		}
	}
}

func TestHeadReadsEverything(t *testing.T) {
	s, _ := start(t, func(n int, w http.ResponseWriter, r seen) {
		stored(n, w, r)
		w.Header().Set("Last-Modified", "Fri, 24 Feb 2012 06:07:48 GMT")
		w.Header().Set("Content-Length", "344606")
		w.Header().Set("x-oss-meta-Origin", "line 7")
	})
	got, err := s.Head(t.Context(), object.Key)
	want := sender.Info{
		Size: 344606, ETag: "902FBDD2B1DF0C4F70B4A5D23525E932", VersionID: "CAEQ", Checksum: crc,
		Modified: time.Date(2012, 2, 24, 6, 7, 48, 0, time.UTC), Metadata: map[string]string{"origin": "line 7"},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v, %v", got, err)
	}
}

// An object whose size is not stated may be any: somebody between has answered.
func TestHeadWithoutASizeIsNoAnswer(t *testing.T) {
	s, _ := start(t, func(_ int, w http.ResponseWriter, _ seen) { w.Header().Set("ETag", `"A"`) })
	if e := errorOf(t, calls(t, s)["head object"]()); !errors.Is(e, sender.ErrNoAnswer) {
		t.Errorf("got %v", e)
	}
}

// A list whose next page is the one before would be read for ever.
func TestListsThatGoInCirclesEnd(t *testing.T) {
	for op, page := range map[string]string{
		"list parts": `<ListPartsResult><IsTruncated>true</IsTruncated><NextPartNumberMarker>0</NextPartNumberMarker></ListPartsResult>`,
		"list uploads": `<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><NextKeyMarker>a</NextKeyMarker>
			<NextUploadIdMarker>1</NextUploadIdMarker></ListMultipartUploadsResult>`,
	} {
		s, f := start(t, func(n int, w http.ResponseWriter, r seen) {
			if n > 20 {
				refuses(404, "NoSuchUpload", "")(n, w, r)
				return
			}
			say(w, page)
		})
		e := errorOf(t, calls(t, s)[op]())
		if len(f.requests()) > 2 || errors.Is(e, sender.ErrNoSuchUpload) {
			t.Errorf("%s: %d pages were read: %v", op, len(f.requests()), e)
		}
	}
}

func TestChecksumThatCannotBeReadProvesNothing(t *testing.T) {
	for _, text := range []string{"", "abc", "-1", "18446744073709551616", "0x10"} {
		if !checksum(text).IsZero() {
			t.Errorf("%q is a checksum", text)
		}
	}
	if checksum("0").IsZero() {
		t.Error("0, the checksum of nothing, is none")
	}
}

func TestReceiptsOfStrangersAreRefused(t *testing.T) {
	for _, etag := range []string{"", `""`, strings.Repeat("x", 129)} {
		s, _ := start(t, func(_ int, w http.ResponseWriter, _ seen) { w.Header().Set("ETag", etag) })
		if e := errorOf(t, calls(t, s)["put object"]()); !errors.Is(e, sender.ErrNoAnswer) {
			t.Errorf("%q: got %v", etag, e)
		}
	}
}

func TestEndedContextIsNamed(t *testing.T) {
	s, f := start(t, stored)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Put(ctx, object, sender.Payload{Data: []byte("abc")})
	if e := errorOf(t, err); !errors.Is(e, context.Canceled) || len(f.requests()) != 0 {
		t.Errorf("got %v", e)
	}
}
