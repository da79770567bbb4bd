package devstore

import (
	"bytes"
	"encoding/xml"
	"strconv"
	"strings"
	"testing"

	"github.com/ingest-dev/ingest/devstore/fault"
)

// sums returns the checksums that the headers of an answer have.
func (a answer) sums() (list []string) {
	for name, values := range a.Header {
		rest, amazon := strings.CutPrefix(strings.ToLower(name), "x-amz-checksum-")
		if amazon && rest != "type" || strings.EqualFold(name, "x-oss-hash-crc64ecma") {
			list = append(list, values...)
		}
	}
	return list
}

func TestLiesInHeaders(t *testing.T) {
	rehearsed(t, func(t *testing.T, r mishap) {
		content := []byte("content")
		id := initiate(r.client, "parts")
		header, sum := checksumOf(r.prefix, content)
		tag := etagOf(r.prefix, content)
		for _, x := range [][2]string{{"PUT", "/demo/k"}, {"PUT", "/demo/parts?partNumber=1&uploadId=" + id}, {"HEAD", "/demo/k"}, {"GET", "/demo/k"}} {
			ask := func(lie fault.Lie) answer {
				t.Helper()
				r.once(fault.Fault{Lie: lie})
				body := content
				if x[0] != "PUT" {
					body = nil
				}
				a := r.do(x[0], x[1], body, "x-amz-checksum-mode", "ENABLED").ok(200)
				r.struck(1)
				if x[0] == "GET" && !bytes.Equal(a.body, content) {
					t.Errorf("%s: the content became %q", lie, a.body)
				}
				return a
			}
			if got := ask(fault.WrongETag).has(header, sum).Header.Get("ETag"); got == tag || len(got) != len(tag) || got[0] != '"' {
				t.Errorf("%s: the wrong ETag is %s", x, got)
			}
			ask(fault.NoETag).has("ETag", "").has(header, sum)
			if got := ask(fault.WrongChecksum).has("ETag", tag).Header.Get(header); got == sum || len(got) != len(sum) {
				t.Errorf("%s: the wrong checksum is %s", x, got)
			}
			if got := ask(fault.NoChecksum).has("ETag", tag).sums(); got != nil {
				t.Errorf("%s: the checksums are still %v", x, got)
			}
		}
		r.once(fault.Fault{Lie: fault.WrongSize})
		r.do("HEAD", "/demo/k", nil).ok(200).has("Content-Length", "8")
		r.do("HEAD", "/demo/k", nil).ok(200).has("Content-Length", "7").has("ETag", tag)
	})
}

// listing is what a list of parts says.
type listing struct {
	Parts []struct {
		PartNumber, Size                       int
		ETag, HashCrc64ecma, ChecksumCRC64NVME string
	} `xml:"Part"`
}

func TestLiesInAListOfParts(t *testing.T) {
	rehearsed(t, func(t *testing.T, r mishap) {
		id := initiate(r.client, "k")
		for n := range 3 {
			part(r.client, "k", id, n+1, pattern(n+1))
		}
		ask := func(lie fault.Lie) listing {
			t.Helper()
			r.script.Set(fault.Rule{Op: fault.ListParts, Times: 1, Fault: fault.Fault{Lie: lie}})
			a := r.do("GET", "/demo/k?uploadId="+id, nil).ok(200)
			r.struck(1)
			return read[listing](a)
		}
		truth := ask("")
		for lie, changed := range map[fault.Lie]func(l *listing){
			fault.LostPart:  func(l *listing) { l.Parts = l.Parts[:2] },
			fault.WrongSize: func(l *listing) { l.Parts[0].Size, l.Parts[1].Size, l.Parts[2].Size = 2, 3, 4 },
			fault.NoETag:    func(l *listing) { l.Parts[0].ETag, l.Parts[1].ETag, l.Parts[2].ETag = "", "", "" },
		} {
			want := listing{Parts: append(truth.Parts[:0:0], truth.Parts...)}
			changed(&want)
			if got := ask(lie); !equalXML(got, want) {
				t.Errorf("%s: %+v, want %+v", lie, got, want)
			}
		}
		for i, p := range ask(fault.WrongETag).Parts {
			if p.ETag == truth.Parts[i].ETag || len(p.ETag) != len(truth.Parts[i].ETag) || p.HashCrc64ecma != truth.Parts[i].HashCrc64ecma {
				t.Errorf("wrong ETag: %+v", p)
			}
		}
		for i, p := range ask(fault.WrongChecksum).Parts {
			if p.ETag != truth.Parts[i].ETag || p.HashCrc64ecma+p.ChecksumCRC64NVME == truth.Parts[i].HashCrc64ecma+truth.Parts[i].ChecksumCRC64NVME {
				t.Errorf("wrong checksum: %+v", p)
			}
		}
		for _, p := range ask(fault.NoChecksum).Parts {
			if p.ETag == "" || p.HashCrc64ecma+p.ChecksumCRC64NVME != "" {
				t.Errorf("no checksum: %+v", p)
			}
		}
		foreign := ask(fault.ForeignPart)
		if len(foreign.Parts) != 3 || foreign.Parts[0].ETag == truth.Parts[0].ETag || foreign.Parts[0].Size != 1 ||
			!equalXML(listing{Parts: foreign.Parts[1:]}, listing{Parts: truth.Parts[1:]}) {
			t.Errorf("foreign part: %+v", foreign)
		}
		r.once(fault.Fault{Lie: fault.LostPart})
		r.do("GET", "/demo/k?uploadId=NOSUCH", nil).code(404, "NoSuchUpload")
	})
}

func equalXML(a, b any) bool {
	x, err1 := xml.Marshal(a)
	y, err2 := xml.Marshal(b)
	return err1 == nil && err2 == nil && bytes.Equal(x, y)
}

func TestErrorBehindStatus200LeavesTheUpload(t *testing.T) {
	rehearsed(t, func(t *testing.T, r mishap) {
		id := initiate(r.client, "k")
		tag := part(r.client, "k", id, 1, []byte("part"))
		r.once(fault.Fault{Lie: fault.ErrorIn200})
		complete(r.client, "k", id, listed("1", tag)).code(200, "InternalError")
		r.struck(1)
		r.do("HEAD", "/demo/k", nil).ok(404)
		complete(r.client, "k", id, listed("1", tag)).ok(200)
		r.do("HEAD", "/demo/k", nil).ok(200)
		r.once(fault.Fault{Lie: fault.ErrorIn200})
		unsigned(r.client).do("POST", "/demo/k?uploadId="+id, nil).code(403, "AccessDenied")
	})
}

func TestCompletionWhoseAnswerLies(t *testing.T) {
	rehearsed(t, func(t *testing.T, r mishap) {
		for lie, wrong := range map[fault.Lie]func(a answer) bool{
			fault.EmptyAnswer: func(a answer) bool {
				return len(a.body) == 0 && a.Header.Get("ETag") == "" && a.Header.Get(r.prefix+"request-id") == ""
			},
			fault.Garbled: func(a answer) bool {
				return xml.Unmarshal(a.body, new(objectResult)) != nil && bytes.HasPrefix(a.body, []byte(xml.Header)) &&
					a.Header.Get("Content-Length") == strconv.Itoa(len(a.body))
			},
			fault.WrongETag:     func(a answer) bool { return read[objectResult](a).ETag != `"`+md5OfParts(r.prefix)+`-1"` },
			fault.NoETag:        func(a answer) bool { return read[objectResult](a).ETag == "" && a.Header.Get("ETag") == "" },
			fault.NoChecksum:    func(a answer) bool { return a.sums() == nil && !bytes.Contains(a.body, []byte("<ChecksumCRC")) },
			fault.WrongChecksum: func(a answer) bool { return !tells(a, r.prefix) },
		} {
			id := initiate(r.client, "k")
			tag := part(r.client, "k", id, 1, []byte("part"))
			r.once(fault.Fault{Lie: lie})
			if a := complete(r.client, "k", id, listed("1", tag)).ok(200); !wrong(a) {
				t.Errorf("%s: %v %s", lie, a.Header, a.body)
			}
			r.struck(1)
			r.do("HEAD", "/demo/k", nil).ok(200)
			r.do("DELETE", "/demo/k", nil).ok(204)
		}
	})
}

func md5OfParts(prefix string) string {
	tag := strings.Trim(etagOf(prefix, []byte("part")), `"`)
	return strings.TrimSuffix(multipartETag(prefix, []string{tag}, [][]byte{[]byte("part")}), "-1")
}

// tells reports whether an answer states the checksum of what the test sends.
func tells(a answer, prefix string) bool {
	header, value := checksumOf(prefix, []byte("part"))
	return a.Header.Get(header) == value || bytes.Contains(a.body, []byte(">"+value+"<"))
}

func TestLieLeavesRefusalsAlone(t *testing.T) {
	rehearsed(t, func(t *testing.T, r mishap) {
		for _, lie := range []fault.Lie{fault.EmptyAnswer, fault.WrongETag, fault.NoChecksum} {
			r.once(fault.Fault{Lie: lie})
			r.do("GET", "/demo/gone", nil).code(404, "NoSuchKey")
			r.struck(1)
		}
	})
}
