package judge

import (
	"bytes"
	"crypto/md5" // ETags are MD5
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"testing"
)

func testObjects(t *testing.T, c *court) {
	for _, size := range []int{0, 1, 70_000} {
		data := Bytes(size, 1)
		p := Properties{ContentType: "text/x-trial", Metadata: map[string]string{"one": "1", "two": "a  b;c=d"}}
		etag, err := c.Put(c.ctx, "objects/o", data, p)
		c.must("put", err)
		sum := md5.Sum(data)
		if !strings.EqualFold(etag, hex.EncodeToString(sum[:])) {
			t.Errorf("etag %s, want the MD5 %x", etag, sum)
		}
		c.holds("objects/o", data)
		info, err := c.Head(c.ctx, "objects/o")
		c.must("head", err)
		if info.Size != int64(size) || info.ContentType != p.ContentType || !strings.EqualFold(info.ETag, etag) {
			t.Errorf("head: %+v", info)
		}
		if !maps.Equal(info.Metadata, p.Metadata) {
			t.Errorf("metadata %v, want %v", info.Metadata, p.Metadata)
		}
	}
	c.must("delete", c.Delete(c.ctx, "objects/o"))
	c.must("delete again", c.Delete(c.ctx, "objects/o"))
	_, err := c.Get(c.ctx, "objects/o", nil)
	c.refused("get what was deleted", err, "NoSuchKey")
	_, err = c.Head(c.ctx, "objects/o")
	c.refused("head what was deleted", err, c.HeadMissing)
}

// awkward are keys that somebody's escaping, cleaning or splitting spoils.
var awkward = []string{
	"a b+c%20?#&'\"<>目录/😀", "a//b", "a/", "+", "%", "%2F", "~!*'();:@&=$,[]", "ends.", "a/.hidden", "=?&x=1", "a/../b", "./c", "..",
	strings.Repeat("k", 1023), strings.Repeat("目", 341),
}

func testAwkwardKeys(t *testing.T, c *court) {
	for i, key := range awkward {
		t.Run(key[:min(len(key), 24)], func(t *testing.T) {
			c := newCourt(t, c.Trial)
			data := Bytes(10+i, 2)
			c.put(key, data)
			c.holds(key, data)
			list, err := c.List(c.ctx, 2, key, "", 1000)
			c.must("list", err)
			if !slices.Contains(list.Keys, key) {
				t.Errorf("not listed as it was put: %q", list.Keys)
			}
			upload, err := c.Begin(c.ctx, key, Properties{})
			c.must("begin", err)
			uploads, err := c.Uploads(c.ctx, key, 1000)
			c.must("list uploads", err)
			if !slices.Contains(uploads, Upload{key, upload}) {
				t.Errorf("upload not listed as it was begun: %q", uploads)
			}
			c.must("abort", c.Abort(c.ctx, key, upload))
			c.must("copy", c.Copy(c.ctx, key, "copy of awkward"))
			c.holds("copy of awkward", data)
			c.must("delete many", c.DeleteMany(c.ctx, []string{key}))
			_, err = c.Get(c.ctx, key, nil)
			c.refused("get what was deleted", err, "NoSuchKey")
		})
	}
}

func testRanges(t *testing.T, c *court) {
	data := Bytes(1000, 3)
	c.put("ranges/o", data)
	for _, r := range []Range{{0, 0}, {0, 999}, {10, 19}, {999, 999}, {990, 5000}} {
		got, err := c.Get(c.ctx, "ranges/o", &r)
		c.must("get range", err)
		want := data[r.First:min(r.Last+1, 1000)]
		if c.WholeBeyond && r.Last >= 1000 {
			want = data
		}
		if !bytes.Equal(got, want) {
			t.Errorf("range %v: %d bytes, want %d", r, len(got), len(want))
		}
	}
}

func testWrongMD5(t *testing.T, c *court) {
	if len(c.BadMD5) == 0 {
		t.Skip("the client computes it itself")
	}
	data := Bytes(100, 4)
	_, err := c.Put(c.ctx, "md5/right", data, Properties{MD5: md5Base64(data)})
	c.must("put with the right MD5", err)
	_, err = c.Put(c.ctx, "md5/wrong", data, Properties{MD5: md5Base64([]byte("other"))})
	c.refused("put with a wrong MD5", err, c.BadMD5...)
	_, err = c.Get(c.ctx, "md5/wrong", nil)
	c.refused("get what was refused", err, "NoSuchKey")
}

func testCopy(t *testing.T, c *court) {
	data := Bytes(5000, 5)
	p := Properties{ContentType: "text/x-trial", Metadata: map[string]string{"one": "1"}}
	_, err := c.Put(c.ctx, "copy/from", data, p)
	c.must("put", err)
	c.must("copy", c.Copy(c.ctx, "copy/from", "copy/to"))
	c.holds("copy/to", data)
	info, err := c.Head(c.ctx, "copy/to")
	c.must("head", err)
	if info.ContentType != p.ContentType || !maps.Equal(info.Metadata, p.Metadata) {
		t.Errorf("the copy lost its properties: %+v", info)
	}
	c.refused("copy of nothing", c.Copy(c.ctx, "copy/absent", "copy/to2"), "NoSuchKey")
}

func testDeleteMany(t *testing.T, c *court) {
	keys := []string{"many/a&b", "many/<c>", "many/d e"}
	for _, k := range keys {
		c.put(k, []byte(k))
	}
	c.must("delete", c.DeleteMany(c.ctx, append(slices.Clone(keys[1:]), "many/absent")))
	list, err := c.List(c.ctx, 2, "many/", "", 1000)
	c.must("list", err)
	if !slices.Equal(list.Keys, keys[:1]) {
		t.Errorf("left: %q", list.Keys)
	}
}
