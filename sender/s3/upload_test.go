package s3

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
)

var anUpload = sender.Upload{Key: "k/ä b", ID: "id+/="}

// twoParts are parts as receipts stated them, and the object that they make.
func twoParts(a hasher.Algorithm) sender.Completion {
	var c sender.Completion
	for i, text := range []string{"hello ", "world"} {
		c.Parts = append(c.Parts, sender.StoredPart{
			Number: i + 1, Size: int64(len(text)), ETag: sumOfText(hasher.MD5, text).Hex(), Checksum: sumOfText(a, text),
		})
	}
	c.Whole = sumOfText(hasher.CRC64NVME, "hello world")
	return c
}

// completing returns a store that knows anUpload as begun with a, and whose Complete answers with body.
func completing(t *testing.T, a hasher.Algorithm, status int, body string) *fake {
	f := newFake(t, Options{}, func(w http.ResponseWriter, _ *seen) {
		w.Header().Set("X-Amz-Version-Id", "V1")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	})
	f.uploads.Store(anUpload, a)
	return f
}

func result(elements string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>` + "\n  \n" +
		`<CompleteMultipartUploadResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` + elements + `</CompleteMultipartUploadResult>`
}

func TestCompleteAnswerMisread(t *testing.T) {
	nvme := encode(sumOfText(hasher.CRC64NVME, "hello world"))
	tests := map[string]struct {
		status  int
		body    string
		is      error // nil: a success
		kind    sender.Kind
		code    string
		checked bool
	}{
		"success":                   {200, result("<ETag>&quot;e-2&quot;</ETag><ChecksumCRC64NVME>" + nvme + "</ChecksumCRC64NVME><ChecksumType>FULL_OBJECT</ChecksumType>"), nil, 0, "", true},
		"white space first":         {200, strings.Repeat(" \n", 300) + result("<ETag>e</ETag>"), nil, 0, "", false},
		"composite checksum":        {200, result("<ETag>e</ETag><ChecksumCRC64NVME>" + nvme + "</ChecksumCRC64NVME><ChecksumType>COMPOSITE</ChecksumType>"), nil, 0, "", false},
		"no ETag":                   {200, result("<Key>k</Key>"), sender.ErrNoAnswer, sender.TryAgain, "", false},
		"empty":                     {200, "", sender.ErrNoAnswer, sender.TryAgain, "", false},
		"only white space":          {200, "   \n  ", sender.ErrNoAnswer, sender.TryAgain, "", false},
		"cut after the ETag":        {200, result("<ETag>e</ETag>")[:160], sender.ErrNoAnswer, sender.TryAgain, "", false},
		"cut in the last tag":       {200, strings.TrimSuffix(result("<ETag>e</ETag>"), "Result>"), sender.ErrNoAnswer, sender.TryAgain, "", false},
		"two documents":             {200, result("<ETag>e</ETag>") + "<Error/>", sender.ErrNoAnswer, sender.TryAgain, "", false},
		"another root":              {200, "<html><ETag>e</ETag></html>", sender.ErrNoAnswer, sender.TryAgain, "", false},
		"not XML":                   {200, "OK", sender.ErrNoAnswer, sender.TryAgain, "", false},
		"error after 200":           {200, " \n<Error><Code>InternalError</Code></Error>", nil, sender.TryAgain, "InternalError", false},
		"unknown error after 200":   {200, "<Error><Code>Whatever</Code></Error>", nil, sender.TryAgain, "Whatever", false},
		"final error after 200":     {200, "<Error><Code>InvalidPart</Code></Error>", sender.ErrInvalidPart, sender.GiveUp, "InvalidPart", false},
		"quota after 200":           {200, "<Error><Code>QuotaExceeded</Code></Error>", nil, sender.StopRun, "QuotaExceeded", false},
		"gone":                      {404, "<Error><Code>NoSuchUpload</Code></Error>", sender.ErrNoSuchUpload, sender.GiveUp, "NoSuchUpload", false},
		"document type is harmless": {200, `<!DOCTYPE x [<!ENTITY a "b">]>` + result("<ETag>&a;</ETag>"), sender.ErrNoAnswer, sender.TryAgain, "", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := completing(t, hasher.CRC64NVME, test.status, test.body)
			r, err := f.Complete(t.Context(), anUpload, &sender.Object{Key: anUpload.Key}, twoParts(hasher.CRC64NVME))
			if test.is == nil && test.code == "" {
				if err != nil || r.ETag == "" || r.VersionID != "V1" || r.Checksum.IsZero() == test.checked {
					t.Errorf("%+v, %v", r, err)
				}
				return
			}
			e, ok := errors.AsType[*sender.Error](err)
			if !ok || e.Kind != test.kind || e.Code != test.code || test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("%+v, %v, want %v, kind %d, code %q", r, err, test.is, test.kind, test.code)
			}
		})
	}
}

func TestCompleteRequestLacksChecksums(t *testing.T) {
	f := completing(t, hasher.CRC64NVME, 200, result("<ETag>e</ETag>"))
	done := twoParts(hasher.CRC64NVME)
	if _, err := f.Complete(t.Context(), anUpload, &sender.Object{}, done); err != nil {
		t.Fatal(err)
	}
	r := f.requests()[0]
	if r.header.Get("X-Amz-Checksum-Crc64nvme") != encode(done.Whole) || r.header.Get("X-Amz-Checksum-Type") != "FULL_OBJECT" {
		t.Errorf("header %v", r.header)
	}
	want := "<Part><PartNumber>2</PartNumber><ETag>&quot;" + done.Parts[1].ETag + "&quot;</ETag><ChecksumCRC64NVME>" + encode(done.Parts[1].Checksum)
	if !strings.Contains(string(r.body), want) || r.path != "/bucket/k/%C3%A4%20b" || r.query != "uploadId=id%2B%2F%3D" {
		t.Errorf("%s?%s %s", r.path, r.query, r.body)
	}
}

// One part without the upload's checksum makes a list with gaps, which stores refuse.
func TestCompleteRequestWithChecksumsOfSomeParts(t *testing.T) {
	f := completing(t, hasher.CRC64NVME, 200, result("<ETag>e</ETag>"))
	done := twoParts(hasher.CRC64NVME)
	done.Parts[1].Checksum = sumOfText(hasher.MD5, "world")
	if _, err := f.Complete(t.Context(), anUpload, &sender.Object{}, done); err != nil {
		t.Fatal(err)
	}
	if r := f.requests()[0]; strings.Contains(string(r.body), "Checksum") || r.header.Get("X-Amz-Checksum-Type") != "" {
		t.Errorf("%v %s", r.header, r.body)
	}
}

func TestCompleteProvenByLess(t *testing.T) {
	etag := func(c sender.Completion) string {
		var all []byte
		for _, p := range c.Parts {
			all = append(all, sumFromHex(t, p.ETag).Bytes()...)
		}
		return sumOfText(hasher.MD5, string(all)).Hex() + "-2"
	}
	good := etag(twoParts(hasher.MD5))
	tests := map[string]struct {
		algorithm hasher.Algorithm
		change    func(*sender.Completion)
		body      string
		proven    bool
	}{
		"ETag of the parts":        {hasher.MD5, nil, "<ETag>" + good + "</ETag>", true},
		"upper case":               {hasher.MD5, nil, "<ETag>" + strings.ToUpper(good) + "</ETag>", true},
		"other ETag":               {hasher.MD5, nil, "<ETag>" + strings.Replace(good, good[:1], "x", 1) + "</ETag>", false},
		"other number of parts":    {hasher.MD5, nil, "<ETag>" + strings.TrimSuffix(good, "2") + "3</ETag>", false},
		"part without checksum":    {hasher.MD5, func(c *sender.Completion) { c.Parts[1].Checksum = hasher.Checksum{} }, "<ETag>" + good + "</ETag>", false},
		"part with an opaque ETag": {hasher.MD5, func(c *sender.Completion) { c.Parts[1].ETag = c.Parts[0].ETag }, "<ETag>" + good + "</ETag>", false},
		"composite crc32c":         {hasher.CRC32C, nil, "<ETag>e</ETag><ChecksumCRC32C>" + compositeText(t, hasher.CRC32C) + "</ChecksumCRC32C>", true},
		"another checksum of the whole": {hasher.MD5, func(c *sender.Completion) { c.Whole = sumOfText(hasher.CRC32C, "hello world") },
			"<ETag>" + good + "</ETag><ChecksumCRC64NVME>" + encode(sumOfText(hasher.CRC64NVME, "hello world")) + "</ChecksumCRC64NVME>", true},
		"other composite": {hasher.CRC32C, nil, "<ETag>e</ETag><ChecksumCRC32C>AAAAAA==-2</ChecksumCRC32C>", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := completing(t, test.algorithm, 200, result(test.body))
			done := twoParts(test.algorithm)
			if test.change != nil {
				test.change(&done)
			}
			r, err := f.Complete(t.Context(), anUpload, &sender.Object{}, done)
			if err != nil || (r.Checksum == done.Whole) != test.proven || !test.proven && !r.Checksum.IsZero() {
				t.Errorf("%+v, %v, want proven %v", r, err, test.proven)
			}
		})
	}
}

func sumFromHex(t *testing.T, digits string) hasher.Checksum {
	t.Helper()
	c := fromETag(digits)
	if c.IsZero() {
		t.Fatalf("%q is no MD5", digits)
	}
	return c
}

func compositeText(t *testing.T, a hasher.Algorithm) string {
	t.Helper()
	var all []byte
	for _, p := range twoParts(a).Parts {
		all = append(all, p.Checksum.Bytes()...)
	}
	return encode(sumOfText(a, string(all))) + "-2"
}

func TestCompleteChecksumsRefused(t *testing.T) {
	f := newFake(t, Options{}, func(w http.ResponseWriter, r *seen) {
		if strings.Contains(string(r.body), "Checksum") {
			xmlError(w, 400, "InvalidRequest", "unexpected checksum")
			return
		}
		_, _ = w.Write([]byte(result("<ETag>e</ETag>")))
	})
	f.uploads.Store(anUpload, hasher.CRC64NVME)
	if r, err := f.Complete(t.Context(), anUpload, &sender.Object{}, twoParts(hasher.CRC64NVME)); err != nil || !r.Checksum.IsZero() {
		t.Errorf("%+v, %v, want a receipt that proves nothing", r, err)
	}
}

// listing answers ListParts as a store that knows the upload by that algorithm, and parts with their MD5.
func listing(algorithm, parts string) func(http.ResponseWriter, *seen) {
	return func(w http.ResponseWriter, r *seen) {
		if r.method == http.MethodGet {
			_, _ = fmt.Fprintf(w, "<ListPartsResult>%s<IsTruncated>false</IsTruncated>%s</ListPartsResult>", algorithm, parts)
			return
		}
		(&endpoint{echoes: []hasher.Algorithm{hasher.CRC64NVME, hasher.CRC32C}}).handle(w, r)
	}
}

func TestUploadOfEarlierRunGetsOtherChecksum(t *testing.T) {
	tests := map[string]struct{ algorithm, parts, want string }{
		"named":            {"<ChecksumAlgorithm>CRC32C</ChecksumAlgorithm>", "", "crc32c"},
		"shown at a part":  {"", "<Part><PartNumber>1</PartNumber><ChecksumCRC64NVME>AAAAAAAAAAA=</ChecksumCRC64NVME></Part>", "crc64nvme"},
		"without":          {"", "", "md5"},
		"one of their own": {"<ChecksumAlgorithm>SHA1</ChecksumAlgorithm>", "", "md5"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFake(t, Options{}, listing(test.algorithm, test.parts))
			for n := range 2 {
				if _, err := f.SendPart(t.Context(), anUpload, sender.Part{Number: n + 1, Payload: payloadOf("x")}); err != nil {
					t.Fatal(err)
				}
			}
			if got, want := carried(f.requests()), "none "+test.want+" "+test.want; got != want {
				t.Errorf("requests carried %q, want %q", got, want)
			}
		})
	}
}

func TestUploadsKeptAfterTheirEnd(t *testing.T) {
	f := newFake(t, Options{}, func(w http.ResponseWriter, r *seen) {
		switch r.method {
		case http.MethodPost:
			_, _ = w.Write([]byte(result("<ETag>e</ETag>")))
		case http.MethodDelete:
			w.WriteHeader(http.StatusNoContent)
		default:
			xmlError(w, 404, "NoSuchUpload", "")
		}
	})
	ends := []func() error{
		func() error { return f.Abort(t.Context(), anUpload) },
		func() error {
			_, err := f.Complete(t.Context(), anUpload, &sender.Object{}, sender.Completion{})
			return err
		},
		func() error {
			_, err := f.SendPart(t.Context(), anUpload, sender.Part{Number: 1})
			if !errors.Is(err, sender.ErrNoSuchUpload) {
				return err
			}
			return nil
		},
	}
	for i, end := range ends {
		f.uploads.Store(anUpload, hasher.MD5)
		if err := end(); err != nil {
			t.Error(err)
		}
		if _, ok := f.uploads.Load(anUpload); ok {
			t.Errorf("end %d: the upload is still remembered", i)
		}
	}
}

func TestAbortOfGoneUploadFails(t *testing.T) {
	for code, want := range map[string]bool{"NoSuchUpload": true, "NoSuchBucket": false} {
		f := newFake(t, Options{}, func(w http.ResponseWriter, _ *seen) { xmlError(w, 404, code, "") })
		if err := f.Abort(t.Context(), anUpload); (err == nil) != want {
			t.Errorf("%s: %v", code, err)
		}
	}
}

func TestBeginAnswerWithoutUsableID(t *testing.T) {
	for _, id := range []string{"", strings.Repeat("x", 1025)} {
		f := newFake(t, Options{}, func(w http.ResponseWriter, _ *seen) {
			_, _ = w.Write([]byte("<InitiateMultipartUploadResult><UploadId>" + id + "</UploadId></InitiateMultipartUploadResult>"))
		})
		if _, err := f.Begin(t.Context(), &sender.Object{Key: "k"}); !errors.Is(err, sender.ErrNoAnswer) {
			t.Errorf("id of %d bytes: %v", len(id), err)
		}
	}
}

func TestReceiptWithoutUsableETag(t *testing.T) {
	for _, etag := range []string{"", `""`, strings.Repeat("x", 129)} {
		f := newFake(t, Options{Checksum: MD5}, func(w http.ResponseWriter, _ *seen) { w.Header().Set("ETag", etag) })
		if _, err := f.Put(t.Context(), &sender.Object{Key: "k"}, payloadOf("x")); !errors.Is(err, sender.ErrNoAnswer) {
			t.Errorf("ETag of %s bytes: %v", strconv.Itoa(len(etag)), err)
		}
	}
}
