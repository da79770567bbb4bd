package devstore

import (
	"bytes"
	"crypto/md5"
	"fmt"
	"hash/crc64"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// least is the smallest part but the last.
var least = map[string]int{"x-oss-": 100 << 10, "x-amz-": 5 << 20}

// initiate opens an upload and returns its id.
func initiate(c client, key string, headers ...string) string {
	c.t.Helper()
	type result struct {
		UploadID string `xml:"UploadId"`
	}
	return read[result](c.do("POST", "/demo/"+key+"?uploads", nil, headers...).ok(200)).UploadID
}

// part sends a part and returns its ETag with its quotes.
func part(c client, key, id string, number int, content []byte, headers ...string) string {
	c.t.Helper()
	return c.do("PUT", fmt.Sprintf("/demo/%s?partNumber=%d&uploadId=%s", key, number, id), content, headers...).ok(200).Header.Get("ETag")
}

// listed returns the body of a completion.
func listed(parts ...string) []byte {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><CompleteMultipartUpload>`)
	for i := 0; i < len(parts); i += 2 {
		fmt.Fprintf(&b, "<Part><PartNumber>%s</PartNumber><ETag>%s</ETag></Part>", parts[i], strings.ReplaceAll(parts[i+1], `"`, "&#34;"))
	}
	b.WriteString("</CompleteMultipartUpload>")
	return []byte(b.String())
}

func complete(c client, key, id string, body []byte, headers ...string) answer {
	c.t.Helper()
	return c.do("POST", "/demo/"+key+"?uploadId="+id, body, headers...)
}

type objectResult struct {
	Bucket, Key, ETag, Location string
}

func TestPartsWithGapsBecomeTheObject(t *testing.T) {
	dialects(t, func(t *testing.T, c client, prefix string) {
		size := least[prefix]
		id := initiate(c, "k", "Content-Type", "text/x-test", prefix+"meta-a", "b")
		contents := [][]byte{bytes.Repeat([]byte("x"), size), pattern(size + 3), []byte("tail")}
		var list, tags []string
		for i, number := range []int{1, 5, 8} {
			part(c, "k", id, number, []byte("replaced"))
			tag := part(c, "k", id, number, contents[i])
			list, tags = append(list, strconv.Itoa(number), tag), append(tags, strings.Trim(tag, `"`))
		}
		part(c, "k", id, 9, []byte("left out"))
		done := complete(c, "k", id, listed(list...)).ok(200)
		want := `"` + multipartETag(prefix, tags, contents) + `"`
		if got := read[objectResult](done); got.ETag != want || got.Bucket != "demo" || got.Key != "k" {
			t.Errorf("completed %+v, want ETag %s", got, want)
		}
		whole := bytes.Join(contents, nil)
		got := c.do("GET", "/demo/k", nil).ok(200).has("ETag", want).has("Content-Type", "text/x-test").has(prefix+"meta-a", "b")
		if !bytes.Equal(got.body, whole) {
			t.Errorf("%d bytes came back as %d others", len(whole), len(got.body))
		}
		if prefix == "x-oss-" {
			crc := strconv.FormatUint(crc64.Checksum(whole, crc64.MakeTable(crc64.ECMA)), 10)
			done.has("x-oss-hash-crc64ecma", crc)
			got.has("x-oss-hash-crc64ecma", crc).has("x-oss-object-type", "Multipart").has("Content-MD5", "")
		}
		from, to := size-10, 2*size+5
		span := c.do("GET", "/demo/k", nil, "Range", fmt.Sprintf("bytes=%d-%d", from, to)).ok(206)
		if !bytes.Equal(span.body, whole[from:to+1]) {
			t.Error("a range over three parts is wrong")
		}
		complete(c, "k", id, listed(list...)).code(404, "NoSuchUpload")
	})
}

// multipartETag computes the ETag as each vendor documents it.
func multipartETag(prefix string, tags []string, contents [][]byte) string {
	if prefix == "x-oss-" {
		return fmt.Sprintf("%X-%d", md5.Sum([]byte(strings.Join(tags, ""))), len(tags))
	}
	var sums []byte
	for _, c := range contents {
		sum := md5.Sum(c)
		sums = append(sums, sum[:]...)
	}
	return fmt.Sprintf("%x-%d", md5.Sum(sums), len(tags))
}

func TestCompletionThatIsWrongChangesNothing(t *testing.T) {
	dialects(t, func(t *testing.T, c client, prefix string) {
		c.do("PUT", "/demo/k", []byte("old")).ok(200)
		id := initiate(c, "k")
		small, large := []byte("small"), make([]byte, least[prefix])
		one, two := part(c, "k", id, 1, small), part(c, "k", id, 2, large)
		three := part(c, "k", id, 3, small)
		for name, x := range map[string]struct {
			body []byte
			code string
		}{
			"wrong ETag":        {listed("2", one), "InvalidPart"},
			"no such part":      {listed("2", two, "4", three), "InvalidPart"},
			"descending":        {listed("3", three, "2", two), "InvalidPartOrder"},
			"twice":             {listed("2", two, "2", two), "InvalidPartOrder"},
			"too small":         {listed("1", one, "2", two), "EntityTooSmall"},
			"no parts":          {listed(), "MalformedXML"},
			"nothing":           {nil, "MalformedXML"},
			"not XML":           {[]byte("hello"), "MalformedXML"},
			"cut":               {listed("2", two)[:70], "MalformedXML"},
			"another root":      {[]byte("<Delete></Delete>"), "MalformedXML"},
			"part not a number": {[]byte("<CompleteMultipartUpload><Part><PartNumber>x</PartNumber></Part></CompleteMultipartUpload>"), "MalformedXML"},
		} {
			t.Run(name, func(t *testing.T) { complete(c, "k", id, x.body).code(400, x.code) })
		}
		if got := c.do("GET", "/demo/k", nil).ok(200); string(got.body) != "old" {
			t.Errorf("the object became %.20q", got.body)
		}
		complete(c, "k", "NOSUCH", listed("2", two)).code(404, "NoSuchUpload")
		complete(c, "other", id, listed("2", two)).code(404, "NoSuchUpload")
		complete(c, "k", id, listed("2", two, "3", three)).ok(200)
	})
}

func TestPartNumberOutsideTheRangeIsRefused(t *testing.T) {
	dialects(t, func(t *testing.T, c client, _ string) {
		id := initiate(c, "k")
		for _, number := range []string{"0", "10001", "-1", "x", "", "1.5"} {
			c.do("PUT", "/demo/k?partNumber="+number+"&uploadId="+id, []byte("x")).code(400, "InvalidArgument")
		}
		c.do("PUT", "/demo/k?partNumber=1", []byte("x")).code(400, "InvalidArgument")
		c.do("PUT", "/demo/k?partNumber=1&uploadId=NOSUCH", []byte("x")).code(404, "NoSuchUpload")
		part(c, "k", id, 10000, nil)
	})
}

func TestAbortedUploadIsGone(t *testing.T) {
	dialects(t, func(t *testing.T, c client, _ string) {
		id := initiate(c, "k")
		tag := part(c, "k", id, 1, []byte("x"))
		c.do("DELETE", "/demo/k?uploadId="+id, nil).ok(204)
		c.do("DELETE", "/demo/k?uploadId="+id, nil).code(404, "NoSuchUpload")
		c.do("PUT", "/demo/k?partNumber=1&uploadId="+id, []byte("x")).code(404, "NoSuchUpload")
		c.do("GET", "/demo/k?uploadId="+id, nil).code(404, "NoSuchUpload")
		complete(c, "k", id, listed("1", tag)).code(404, "NoSuchUpload")
		c.do("HEAD", "/demo/k", nil).ok(404)
	})
}

func TestListPartsPages(t *testing.T) {
	type page struct {
		Next      int  `xml:"NextPartNumberMarker"`
		Truncated bool `xml:"IsTruncated"`
		Parts     []struct {
			PartNumber    int
			Size          int
			ETag          string
			HashCrc64ecma string
		} `xml:"Part"`
	}
	dialects(t, func(t *testing.T, c client, prefix string) {
		id := initiate(c, "k")
		for _, number := range []int{7, 1, 3, 10000, 2} {
			part(c, "k", id, number, make([]byte, number))
		}
		var got []int
		for next, truncated := 0, true; truncated; {
			p := read[page](c.do("GET", fmt.Sprintf("/demo/k?uploadId=%s&max-parts=2&part-number-marker=%d", id, next), nil).ok(200))
			for _, x := range p.Parts {
				got = append(got, x.PartNumber)
				if x.Size != x.PartNumber || x.ETag == "" || prefix == "x-oss-" && x.HashCrc64ecma == "" {
					t.Errorf("part: %+v", x)
				}
			}
			next, truncated = p.Next, p.Truncated
		}
		if fmt.Sprint(got) != "[1 2 3 7 10000]" {
			t.Errorf("parts: %v", got)
		}
	})
}

func TestListUploadsPages(t *testing.T) {
	type page struct {
		Uploads []struct {
			Key string
			ID  string `xml:"UploadId"`
		} `xml:"Upload"`
		NextKey   string                    `xml:"NextKeyMarker"`
		NextID    string                    `xml:"NextUploadIdMarker"`
		Truncated bool                      `xml:"IsTruncated"`
		Prefixes  []struct{ Prefix string } `xml:"CommonPrefixes"`
	}
	dialects(t, func(t *testing.T, c client, _ string) {
		want := map[string]bool{}
		for _, key := range []string{"b", "a", "b", "b", "dir/x", "dir/y"} {
			want[initiate(c, key)] = true
		}
		last, key, id := "", "", ""
		for truncated := true; truncated; {
			p := read[page](c.do("GET", "/demo?uploads&max-uploads=1&key-marker="+strings.ReplaceAll(key, "/", "%2F")+"&upload-id-marker="+id, nil).ok(200))
			for _, u := range p.Uploads {
				if !want[u.ID] || u.Key+u.ID <= last {
					t.Errorf("%+v again, or out of order", u)
				}
				delete(want, u.ID)
				last = u.Key + u.ID
			}
			key, id, truncated = p.NextKey, p.NextID, p.Truncated
		}
		if len(want) != 0 {
			t.Errorf("not listed: %v", want)
		}
		p := read[page](c.do("GET", "/demo?uploads&delimiter=%2F", nil).ok(200))
		if len(p.Uploads) != 4 || len(p.Prefixes) != 1 || p.Prefixes[0].Prefix != "dir/" {
			t.Errorf("rolled up: %+v", p)
		}
	})
}

func TestPartsMayComeAtTheSameTime(t *testing.T) {
	dialects(t, func(t *testing.T, c client, prefix string) {
		id, size, n := initiate(c, "k"), least[prefix], 6
		tags := make([]string, 2*n)
		var wg sync.WaitGroup
		for i := range n {
			wg.Go(func() {
				content := bytes.Repeat([]byte{byte('a' + i)}, size)
				tags[2*i], tags[2*i+1] = strconv.Itoa(i+1), part(c, "k", id, i+1, content)
			})
		}
		wg.Wait()
		complete(c, "k", id, listed(tags...)).ok(200)
		got := c.do("GET", "/demo/k", nil).ok(200).body
		for i := range n {
			if len(got) != n*size || got[i*size] != byte('a'+i) || got[(i+1)*size-1] != byte('a'+i) {
				t.Fatalf("part %d is not where it belongs", i+1)
			}
		}
	})
}

func TestCopies(t *testing.T) {
	dialects(t, func(t *testing.T, c client, prefix string) {
		content := pattern(least[prefix] + 10)
		c.do("PUT", "/demo/a +/é", content, "Content-Type", "text/x-test", prefix+"meta-a", "b", prefix+"tagging", "t=1").ok(200)
		const source = "/demo/a%20%2B/%C3%A9"
		c.do("PUT", "/demo/copy", nil, prefix+"copy-source", source).ok(200)
		c.do("GET", "/demo/copy", nil).ok(200).has("Content-Type", "text/x-test").has(prefix+"meta-a", "b").has(prefix+"tagging-count", "1")
		c.do("PUT", "/demo/copy", nil, prefix+"copy-source", source, prefix+"metadata-directive", "REPLACE", "Content-Type", "text/other").ok(200)
		c.do("HEAD", "/demo/copy", nil).ok(200).has("Content-Type", "text/other").has(prefix+"meta-a", "")
		c.do("PUT", "/demo/copy", nil, prefix+"copy-source", "/demo/gone").code(404, "NoSuchKey")
		c.do("PUT", "/demo/copy", nil, prefix+"copy-source", "/gone/k").code(404, "NoSuchBucket")
		c.do("PUT", "/demo/copy", nil, prefix+"copy-source", "nonsense").code(400, "InvalidArgument")
		c.do("PUT", "/demo/copy", nil, prefix+"copy-source", source, prefix+"copy-source-if-match", `"x"`).code(412, "PreconditionFailed")

		id := initiate(c, "parts")
		type result struct{ ETag string }
		at := func(number int) string { return fmt.Sprintf("/demo/parts?partNumber=%d&uploadId=%s", number, id) }
		one := read[result](c.do("PUT", at(1), nil, prefix+"copy-source", source).ok(200)).ETag
		two := read[result](c.do("PUT", at(2), nil, prefix+"copy-source", source, prefix+"copy-source-range", "bytes=5-14").ok(200)).ETag
		c.do("PUT", at(3), nil, prefix+"copy-source", source, prefix+"copy-source-range", fmt.Sprintf("bytes=0-%d", len(content))).code(400, "InvalidArgument")
		c.do("PUT", "/demo/parts?partNumber=1&uploadId=X", nil, prefix+"copy-source", source).code(404, "NoSuchUpload")
		complete(c, "parts", id, listed("1", one, "2", two)).ok(200)
		want := append(bytes.Clone(content), content[5:15]...)
		if got := c.do("GET", "/demo/parts", nil).ok(200); !bytes.Equal(got.body, want) {
			t.Error("the copied parts are not the source's bytes")
		}
		c.do("PUT", "/demo/again", nil, prefix+"copy-source", "demo/parts").ok(200)
		if got := c.do("GET", "/demo/again", nil).ok(200); !bytes.Equal(got.body, want) {
			t.Error("the copy of an object of parts is not its bytes")
		}
	})
}

func TestDeleteMany(t *testing.T) {
	dialects(t, func(t *testing.T, c client, _ string) {
		for _, key := range []string{"a", "b", "c&d"} {
			c.do("PUT", "/demo/"+key, nil).ok(200)
		}
		body := []byte("<Delete><Quiet>false</Quiet><Object><Key>a</Key></Object><Object><Key>c&amp;d</Key></Object><Object><Key>never</Key></Object></Delete>")
		type result struct{ Deleted []struct{ Key string } }
		got := read[result](c.do("POST", "/demo?delete", body).ok(200))
		if fmt.Sprint(got.Deleted) != "[{a} {c&d} {never}]" {
			t.Errorf("deleted %v", got.Deleted)
		}
		c.do("HEAD", "/demo/a", nil).ok(404)
		c.do("HEAD", "/demo/b", nil).ok(200)
		quiet := c.do("POST", "/demo?delete", []byte("<Delete><Quiet>true</Quiet><Object><Key>b</Key></Object></Delete>")).ok(200)
		if bytes.Contains(quiet.body, []byte("<Deleted>")) {
			t.Errorf("quiet, it said %s", quiet.body)
		}
		c.do("POST", "/demo?delete", []byte("<Delete></Delete>")).code(400, "MalformedXML")
		c.do("POST", "/demo?delete", []byte("<Delete>"+strings.Repeat("<Object><Key>k</Key></Object>", 1001)+"</Delete>")).code(400, "MalformedXML")
		c.do("POST", "/demo?delete", bytes.Repeat([]byte(" "), 9<<20)).code(400, "MalformedXML")
	})
}

func TestWhatOneDialectStoresTheOtherReads(t *testing.T) {
	_, h := start(t, options(t))
	o, s := client{t: t, base: h.URL, sign: signOSS}, client{t: t, base: h.URL, sign: signS3}
	tag := o.do("PUT", "/demo/k", []byte("x"), "x-oss-meta-a", "b", "x-oss-storage-class", "IA").ok(200).Header.Get("ETag")
	s.do("GET", "/demo/k", nil).ok(200).has("ETag", strings.ToLower(tag)).has("x-amz-meta-a", "b").has("x-amz-storage-class", "STANDARD_IA")
	s.do("PUT", "/demo/k", []byte("y"), "x-amz-storage-class", "GLACIER").ok(200)
	o.do("HEAD", "/demo/k", nil).ok(200).has("x-oss-storage-class", "Archive").has("x-oss-object-type", "Normal")
}
