package checkpoints

import (
	"bytes"
	"strconv"
	"strings"
)

// parseCSharp reads the text of aliyun-oss-csharp-sdk (ResumableContext.cs):
//
//	uploadID:md5:crc64:part,part,…    part = id_offset_size_True|False_number_etag_crc64
//
// Versions before 2.9 leave both checksums out. Nothing in it tells the local file, the bucket or the key; the name of
// the file has digests of the last two.
func parseCSharp(b []byte) (*Checkpoint, error) {
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	fields := strings.SplitN(strings.TrimRight(string(b), "\r\n"), ":", 5) // a fifth is one too many
	if len(fields) != 3 && len(fields) != 4 {
		return nil, ErrUnknown
	}
	all, done, err := partsCSharp(fields[len(fields)-1], len(fields)+3)
	if err != nil {
		return nil, err
	}
	size, err := evenly(all)
	if err != nil {
		return nil, err
	}
	end := all[len(all)-1]
	return &Checkpoint{
		Tool: CSharp, UploadID: fields[0], Size: end.Offset + end.Size, PartSize: size, Parts: done,
	}, nil
}

// partsCSharp reads the parts, of so many fields each: those that the file was split into, and those that were sent.
func partsCSharp(list string, fields int) (all, done []Part, err error) {
	for text := range strings.SplitSeq(list, ",") {
		if len(all) == maxParts {
			return nil, nil, damaged("more than %d parts", maxParts)
		}
		p, sent, ok := partCSharp(strings.SplitN(text, "_", fields+1), fields)
		switch {
		case !ok && len(all) == 0:
			return nil, nil, ErrUnknown
		case !ok:
			return nil, nil, damaged("part %.80q", text)
		}
		all = append(all, p)
		if sent {
			done = append(done, p)
		}
	}
	return all, done, nil
}

func partCSharp(f []string, fields int) (p Part, sent, ok bool) {
	if len(f) != fields {
		return Part{}, false, false
	}
	number, err1 := strconv.ParseUint(f[0], 10, 31)
	off, err2 := strconv.ParseUint(f[1], 10, 63)
	size, err3 := strconv.ParseUint(f[2], 10, 63)
	sent, err4 := strconv.ParseBool(strings.ToLower(f[3]))
	ok = err1 == nil && err2 == nil && err3 == nil && err4 == nil
	return Part{Number: int(number), Offset: int64(off), Size: int64(size), ETag: quoteless(f[5])}, sent, ok
}
