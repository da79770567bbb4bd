package checkpoints

import (
	"strings"
	"unicode/utf8"
)

// The bounds of OSS, in bytes where not said otherwise; a path's is that of Linux.
const (
	maxUploadID = 1024
	maxBucket   = 63
	maxKey      = 1023
	maxPath     = 4096
	maxETag     = 128
	maxObject   = 48_800 << 30 // 48.8 TB, generously
	maxPart     = 5 << 30
	maxParts    = 10_000 // parts of an upload
)

// check refuses what cannot be, so that nobody further on has to.
func (c *Checkpoint) check() error {
	switch {
	case !text(c.UploadID, 1, maxUploadID):
		return damaged("upload id %.80q", c.UploadID)
	case !text(c.Bucket, 0, maxBucket) || strings.Contains(c.Bucket, "/"):
		return damaged("bucket %.80q", c.Bucket)
	case len(c.Key) > maxKey || !utf8.ValidString(c.Key):
		return damaged("key %.80q", c.Key)
	case len(c.Source) > maxPath || strings.ContainsRune(c.Source, 0):
		return damaged("local file %.80q", c.Source)
	case c.Size < -1 || c.Size > maxObject:
		return damaged("size of the local file %d", c.Size)
	case c.PartSize <= 0 || c.PartSize > maxPart:
		return damaged("size of a part %d", c.PartSize)
	}
	return c.checkParts()
}

func (c *Checkpoint) checkParts() error {
	last := 0
	for _, p := range c.Parts {
		switch {
		case p.Number <= last || p.Number > maxParts:
			return damaged("part %d after part %d", p.Number, last)
		case p.Size < 0 || p.Size > maxPart || p.Offset < 0 || p.Offset > maxObject:
			return damaged("part %d of %d bytes at %d", p.Number, p.Size, p.Offset)
		case !text(p.ETag, 0, maxETag):
			return damaged("ETag %.80q", p.ETag)
		case p.Offset != int64(p.Number-1)*c.PartSize || p.Size > c.PartSize:
			return ErrUneven
		}
		last = p.Number
	}
	return nil
}

// text reports whether s is such as may stand in a header or in a URL, and of a length.
func text(s string, least, most int) bool {
	return len(s) >= least && len(s) <= most &&
		!strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == utf8.RuneError })
}

// evenly is the size of the parts of a file that is laid out in these ranges, of which every one but the last has the
// same size, and which follow on each other from the beginning. It is 0 for no ranges.
func evenly(ranges []Part) (int64, error) {
	if len(ranges) > maxParts {
		return 0, damaged("%d parts", len(ranges))
	}
	var size int64
	for i, r := range ranges {
		switch {
		case i == 0:
			size = r.Size
		case r.Size > size, r.Size < size && i < len(ranges)-1:
			return 0, ErrUneven
		}
		if r.Number != i+1 || size <= 0 || size > maxPart || r.Offset != int64(i)*size {
			return 0, ErrUneven
		}
	}
	return size, nil
}

// quoteless is an ETag as a client noted it, without the quotes that some of them keep.
func quoteless(etag string) string { return strings.Trim(etag, `"`) }
