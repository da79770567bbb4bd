package s3

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
)

func collect[T any](seq func(func(T, error) bool)) (all []T, err error) {
	for v, e := range seq {
		if e != nil {
			return all, e
		}
		all = append(all, v)
	}
	return all, nil
}

// pagedParts answers ListParts with n parts, two a page.
func pagedParts(n int) func(http.ResponseWriter, *seen) {
	return func(w http.ResponseWriter, r *seen) {
		q, _ := url.ParseQuery(r.query)
		after, _ := strconv.Atoi(q.Get("part-number-marker"))
		var b strings.Builder
		for i := after + 1; i <= min(after+2, n); i++ {
			fmt.Fprintf(&b, "<Part><PartNumber>%d</PartNumber><Size>%d</Size><ETag>&quot;%032x&quot;</ETag></Part>", i, 10*i, i)
		}
		_, _ = fmt.Fprintf(w, "<ListPartsResult><IsTruncated>%v</IsTruncated>%s</ListPartsResult>", after+2 < n, b.String())
	}
}

func TestPartsOfLaterPagesLost(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 7} {
		f := newFake(t, Options{}, pagedParts(n))
		parts, err := collect(f.Parts(t.Context(), anUpload))
		if err != nil || len(parts) != n {
			t.Errorf("%d parts: got %d, %v", n, len(parts), err)
		}
		for i, p := range parts {
			etag := fmt.Sprintf("%032x", i+1)
			if p.Number != i+1 || p.Size != int64(10*(i+1)) || p.ETag != etag || p.Checksum != fromETag(etag) {
				t.Errorf("part %d is %+v", i+1, p)
			}
		}
	}
}

func TestPartsReadOnAfterTheCallerStopped(t *testing.T) {
	f := newFake(t, Options{}, pagedParts(7))
	for _, err := range f.Parts(t.Context(), anUpload) {
		if err != nil {
			t.Error(err)
		}
		break
	}
	if n := len(f.requests()); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

// DELETE of a key with an empty upload id deletes the object, of an empty key the bucket.
func TestUploadThatCannotBeNamedIsNotListed(t *testing.T) {
	for name, upload := range map[string]string{
		"no id": "<Key>k</Key>", "empty id": "<Key>k</Key><UploadId></UploadId>", "no key": "<UploadId>u</UploadId>",
		"long id": "<Key>k</Key><UploadId>" + strings.Repeat("u", maxUploadID+1) + "</UploadId>",
	} {
		f := newFake(t, Options{}, func(w http.ResponseWriter, _ *seen) {
			_, _ = fmt.Fprintf(w, "<ListMultipartUploadsResult><Upload>%s</Upload></ListMultipartUploadsResult>", upload)
		})
		if all, err := collect(f.Uploads(t.Context(), "")); len(all) > 0 || sender.KindOf(err) != sender.TryAgain {
			t.Errorf("%s: %v, %v", name, all, err)
		}
	}
}

func TestUploadOfATimeThatCannotBeReadIsListed(t *testing.T) {
	f := newFake(t, Options{}, func(w http.ResponseWriter, _ *seen) {
		_, _ = fmt.Fprint(w, "<ListMultipartUploadsResult><Upload><Key>k</Key><UploadId>u</UploadId><Initiated>yesterday</Initiated></Upload></ListMultipartUploadsResult>")
	})
	all, err := collect(f.Uploads(t.Context(), ""))
	if err != nil || len(all) != 1 || !all[0].Begun.IsZero() {
		t.Errorf("%v, %v", all, err)
	}
}

func TestPartsListingNeverEnds(t *testing.T) {
	for name, page := range map[string]string{
		"the same page":   "<IsTruncated>true</IsTruncated><Part><PartNumber>1</PartNumber></Part>",
		"an empty page":   "<IsTruncated>true</IsTruncated>",
		"descending":      "<Part><PartNumber>2</PartNumber></Part><Part><PartNumber>1</PartNumber></Part>",
		"number zero":     "<Part><PartNumber>0</PartNumber></Part>",
		"negative size":   "<Part><PartNumber>1</PartNumber><Size>-1</Size></Part>",
		"not even a list": "</ListPartsResult><ListPartsResult>",
	} {
		f := newFake(t, Options{}, atMost(20, "<ListPartsResult>"+page+"</ListPartsResult>"))
		if _, err := collect(f.Parts(t.Context(), anUpload)); sender.KindOf(err) != sender.TryAgain || err == nil {
			t.Errorf("%s: %v", name, err)
		}
		if n := len(f.requests()); n > 2 {
			t.Errorf("%s: %d requests", name, n)
		}
	}
}

// atMost answers with the same page so often, and then ends a listing that would go on for ever.
func atMost(n int, page string) func(http.ResponseWriter, *seen) {
	return func(w http.ResponseWriter, _ *seen) {
		if n--; n < 0 {
			xmlError(w, http.StatusNotFound, "NoSuchUpload", "")
			return
		}
		_, _ = w.Write([]byte(page))
	}
}

func TestPartsOfGoneUpload(t *testing.T) {
	f := newFake(t, Options{}, func(w http.ResponseWriter, _ *seen) { xmlError(w, 404, "NoSuchUpload", "") })
	if _, err := collect(f.Parts(t.Context(), anUpload)); !errors.Is(err, sender.ErrNoSuchUpload) {
		t.Error(err)
	}
}

func TestListedChecksumLost(t *testing.T) {
	sum := sumOfText(hasher.CRC64NVME, "x")
	f := newFake(t, Options{}, listing("", "<Part><PartNumber>1</PartNumber><ETag>"+sumOfText(hasher.MD5, "x").Hex()+
		"</ETag><ChecksumCRC64NVME>"+encode(sum)+"</ChecksumCRC64NVME></Part>"))
	parts, err := collect(f.Parts(t.Context(), anUpload))
	if err != nil || len(parts) != 1 || parts[0].Checksum != sum {
		t.Errorf("%+v, %v", parts, err)
	}
}

// Parts of an upload that was begun without a checksum are known by their ETags.
func TestListedMD5Lost(t *testing.T) {
	sum := sumOfText(hasher.MD5, "x")
	f := newFake(t, Options{}, listing("", "<Part><PartNumber>1</PartNumber><ETag>"+sum.Hex()+"</ETag></Part>"))
	parts, err := collect(f.Parts(t.Context(), anUpload))
	if err != nil || len(parts) != 1 || parts[0].Checksum != sum {
		t.Errorf("%+v, %v", parts, err)
	}
}

func TestUploadsOfLaterPagesLost(t *testing.T) {
	keys := []string{"p/a b+c", "p/a b+c", "p/ä", "p/日本"}
	for _, encoded := range []bool{true, false} {
		f := newFake(t, Options{}, func(w http.ResponseWriter, r *seen) {
			q, _ := url.ParseQuery(r.query)
			from, _ := strconv.Atoi(q.Get("upload-id-marker"))
			key := func(k string) string { return k }
			head := ""
			if encoded {
				head, key = "<EncodingType>url</EncodingType>", url.QueryEscape
			}
			_, _ = fmt.Fprintf(w, `<ListMultipartUploadsResult>%s<IsTruncated>%v</IsTruncated><NextKeyMarker>%s</NextKeyMarker>
				<NextUploadIdMarker>%d</NextUploadIdMarker><Upload><Key>%s</Key><UploadId>%d</UploadId>
				<Initiated>2026-01-02T03:04:05.000Z</Initiated></Upload></ListMultipartUploadsResult>`,
				head, from < 3, key(keys[from]), from+1, key(keys[from]), from)
			if !r.hasQuery("prefix", "p/") || from > 0 && !r.hasQuery("key-marker", keys[from-1]) {
				t.Errorf("query %s", r.query)
			}
		})
		uploads, err := collect(f.Uploads(t.Context(), "p/"))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for i, u := range uploads {
			got = append(got, u.Key)
			if u.ID != strconv.Itoa(i) || !u.Begun.Equal(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)) {
				t.Errorf("%+v", u)
			}
		}
		if !slices.Equal(got, keys) {
			t.Errorf("keys %q, want %q", got, keys)
		}
	}
}

func (r *seen) hasQuery(name, value string) bool {
	q, err := url.ParseQuery(r.query)
	return err == nil && q.Get(name) == value
}

func TestUploadsListingNeverEnds(t *testing.T) {
	const page = "<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><NextKeyMarker>a</NextKeyMarker></ListMultipartUploadsResult>"
	f := newFake(t, Options{}, atMost(20, page))
	if _, err := collect(f.Uploads(t.Context(), "")); err == nil {
		t.Error("no error")
	}
	if n := len(f.requests()); n != 2 {
		t.Errorf("%d requests, want 2", n)
	}
}

func TestHeadMisread(t *testing.T) {
	whole := sumOfText(hasher.CRC64NVME, "x")
	md5 := sumOfText(hasher.MD5, "x")
	tests := map[string]struct {
		header map[string]string
		want   hasher.Checksum
	}{
		"full object":                  {map[string]string{"x-amz-checksum-crc64nvme": encode(whole), "x-amz-checksum-type": "FULL_OBJECT"}, whole},
		"no type":                      {map[string]string{"x-amz-checksum-crc64nvme": encode(whole)}, whole},
		"composite":                    {map[string]string{"x-amz-checksum-crc32c": "AAAAAA==-2", "x-amz-checksum-type": "COMPOSITE", "ETag": `"abc-2"`}, hasher.Checksum{}},
		"composite without its number": {map[string]string{"x-amz-checksum-crc64nvme": encode(whole), "x-amz-checksum-type": "COMPOSITE"}, hasher.Checksum{}},
		"ETag":                         {map[string]string{"ETag": `"` + md5.Hex() + `"`}, md5},
		"encrypted":                    {map[string]string{"ETag": `"` + md5.Hex() + `"`, "x-amz-server-side-encryption": "aws:kms"}, hasher.Checksum{}},
		"nonsense":                     {map[string]string{"x-amz-checksum-crc64nvme": "!!"}, hasher.Checksum{}},
	}
	for name, test := range tests {
		f := newFake(t, Options{}, func(w http.ResponseWriter, _ *seen) {
			w.Header().Set("Content-Length", "5")
			w.Header().Set("Last-Modified", "Fri, 02 Jan 2026 03:04:05 GMT")
			w.Header().Set("x-amz-meta-Colour", "blue")
			for k, v := range test.header {
				w.Header().Set(k, v)
			}
		})
		info, err := f.Head(t.Context(), "k")
		if err != nil || info.Size != 5 || info.Metadata["colour"] != "blue" || info.Modified.Unix() != 1767323045 || info.Checksum != test.want {
			t.Errorf("%s: %+v, %v", name, info, err)
		}
		if r := f.requests()[0]; r.header.Get("X-Amz-Checksum-Mode") != "ENABLED" {
			t.Errorf("%s: the checksum was not asked for", name)
		}
	}
}

// Without a size or a time an object cannot be told from another: somebody between has answered.
func TestHeadOfStrangerTaken(t *testing.T) {
	const size, modified = "Content-Length", "Last-Modified"
	for _, left := range []string{size, modified} {
		f := newFake(t, Options{}, func(w http.ResponseWriter, _ *seen) {
			w.Header().Set(left, map[string]string{size: "5", modified: "Fri, 02 Jan 2026 03:04:05 GMT"}[left])
			w.Header().Set("ETag", `"e"`)
		})
		if _, err := f.Head(t.Context(), "k"); !errors.Is(err, sender.ErrNoAnswer) {
			t.Errorf("with %s alone: %v", left, err)
		}
	}
}
