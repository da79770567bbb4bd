package judge

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// testMultipart sends parts out of order, with a gap in the numbers and one sent twice.
func testMultipart(t *testing.T, c *court) {
	key := "multipart/a b+目"
	p := Properties{ContentType: "text/x-trial", Metadata: map[string]string{"one": "1"}}
	upload, err := c.Begin(c.ctx, key, p)
	c.must("begin", err)
	contents := map[int][]byte{1: Bytes(int(c.MinPart), 1), 2: Bytes(int(c.MinPart)+7, 2), 5: Bytes(3, 3)}
	_, err = c.SendPart(c.ctx, key, upload, 2, []byte("overwritten"))
	c.must("send part", err)
	var parts []Part
	for _, n := range []int{5, 2, 1} {
		etag, err := c.SendPart(c.ctx, key, upload, n, contents[n])
		c.must("send part", err)
		parts = append([]Part{{n, int64(len(contents[n])), etag}}, parts...)
	}
	c.listsParts(key, upload, parts)
	_, err = c.Head(c.ctx, key)
	c.refused("head before it is complete", err, c.HeadMissing)

	etag, err := c.Complete(c.ctx, key, upload, parts)
	c.must("complete", err)
	c.isWhole(key, etag, parts, p)
	c.holds(key, bytes.Join([][]byte{contents[1], contents[2], contents[5]}, nil))
	_, err = c.Parts(c.ctx, key, upload, 10)
	c.refused("list parts of a completed upload", err, "NoSuchUpload")
}

func (c *court) listsParts(key, upload string, want []Part) {
	c.t.Helper()
	for _, page := range []int{1, 2, 1000} {
		got, err := c.Parts(c.ctx, key, upload, page)
		c.must("list parts", err)
		if !slices.EqualFunc(got, want, func(a, b Part) bool {
			return a.Number == b.Number && a.Size == b.Size && strings.EqualFold(a.ETag, b.ETag)
		}) {
			c.t.Errorf("parts by %d: %v, want %v", page, got, want)
		}
	}
}

func (c *court) isWhole(key, etag string, parts []Part, p Properties) {
	c.t.Helper()
	var etags []string
	for _, part := range parts {
		etags = append(etags, part.ETag)
	}
	if want := c.UploadETag(etags); etag != want {
		c.t.Errorf("etag %s, want %s", etag, want)
	}
	info, err := c.Head(c.ctx, key)
	c.must("head", err)
	if info.ContentType != p.ContentType || !maps.Equal(info.Metadata, p.Metadata) || info.ETag != etag {
		c.t.Errorf("head: %+v", info)
	}
}

func testListUploads(t *testing.T, c *court) {
	var want []Upload
	for i := range 5 {
		for range 2 { // two uploads of one key
			key := fmt.Sprintf("open/%d", i)
			id, err := c.Begin(c.ctx, key, Properties{})
			c.must("begin", err)
			want = append(want, Upload{key, id})
		}
	}
	for _, page := range []int{1, 3, 1000} {
		got, err := c.Uploads(c.ctx, "open/", page)
		c.must("list uploads", err)
		if !slices.IsSortedFunc(got, func(a, b Upload) int { return strings.Compare(a.Key, b.Key) }) {
			t.Errorf("by %d: not sorted: %v", page, got)
		}
		if !sameUploads(got, want) {
			t.Errorf("by %d: %d uploads, want %d", page, len(got), len(want))
		}
	}
	for _, u := range want {
		c.must("abort", c.Abort(c.ctx, u.Key, u.ID))
	}
	got, err := c.Uploads(c.ctx, "open/", 10)
	c.must("list uploads", err)
	if len(got) != 0 {
		t.Errorf("left after their abort: %v", got)
	}
}

func sameUploads(a, b []Upload) bool {
	byID := func(a, b Upload) int { return strings.Compare(a.ID, b.ID) }
	return slices.Equal(slices.SortedFunc(slices.Values(a), byID), slices.SortedFunc(slices.Values(b), byID))
}

func testAbort(t *testing.T, c *court) {
	upload, err := c.Begin(c.ctx, "abort/o", Properties{})
	c.must("begin", err)
	etag, err := c.SendPart(c.ctx, "abort/o", upload, 1, []byte("part"))
	c.must("send part", err)
	c.must("abort", c.Abort(c.ctx, "abort/o", upload))
	c.refused("abort again", c.Abort(c.ctx, "abort/o", upload), "NoSuchUpload")
	_, err = c.SendPart(c.ctx, "abort/o", upload, 1, []byte("part"))
	c.refused("send a part", err, "NoSuchUpload")
	_, err = c.Complete(c.ctx, "abort/o", upload, []Part{{1, 4, etag}})
	c.refused("complete", err, "NoSuchUpload")
	_, err = c.Head(c.ctx, "abort/o")
	c.refused("head", err, c.HeadMissing)
}

func testCompleteRefusals(t *testing.T, c *court) {
	key := "refusals/o"
	upload, err := c.Begin(c.ctx, key, Properties{})
	c.must("begin", err)
	var parts []Part
	for n, data := range [][]byte{Bytes(int(c.MinPart)-1, 1), Bytes(3, 2)} {
		etag, err := c.SendPart(c.ctx, key, upload, n+1, data)
		c.must("send part", err)
		parts = append(parts, Part{n + 1, int64(len(data)), etag})
	}
	_, err = c.Complete(c.ctx, key, upload, parts)
	c.refused("complete with a small part", err, "EntityTooSmall")
	_, err = c.Complete(c.ctx, key, upload, []Part{{1, 0, strings.Repeat("0", 32)}})
	c.refused("complete with a wrong etag", err, "InvalidPart")
	_, err = c.Complete(c.ctx, key, upload, []Part{{9, 0, parts[0].ETag}})
	c.refused("complete with a part that is not there", err, "InvalidPart")
	_, err = c.Head(c.ctx, key)
	c.refused("head", err, c.HeadMissing)
	_, err = c.Complete(c.ctx, key, upload, parts[1:])
	c.must("complete with the last part alone", err)
}
