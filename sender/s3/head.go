package s3

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// Head says what the bucket holds under a key. Its checksum is of the whole object: a full-object CRC, or the ETag of
// an object that was put at once and not encrypted in a way that hides it.
func (s *Store) Head(ctx context.Context, key string) (sender.Info, error) {
	c := &call{
		op: "head object", key: key, method: http.MethodHead, keyed: true,
		header: wire.Header{{Name: "X-Amz-Checksum-Mode", Value: "ENABLED"}},
	}
	answer, err := s.exchange(ctx, c)
	if err != nil {
		return sender.Info{}, err
	}
	info, err := s.info(c, answer)
	if err != nil {
		return sender.Info{}, c.unreadable(answer, err.Error())
	}
	return info, nil
}

func (s *Store) info(c *call, answer *wire.Response) (sender.Info, error) {
	h := answer.Header
	size, err := strconv.ParseInt(h.Get("Content-Length"), 10, 64)
	if err != nil || size < 0 {
		return sender.Info{}, errors.New("the answer states no size")
	}
	modified, err := http.ParseTime(h.Get("Last-Modified"))
	if err != nil {
		return sender.Info{}, errors.New("the answer states no time")
	}
	return sender.Info{
		Size: size, ETag: unquoted(h.Get("Etag")), VersionID: version(answer), Modified: modified,
		Checksum: s.whole(c, h), Metadata: metadata(h),
	}, nil
}

// whole returns the checksum of the whole object that a header states: in the algorithm in force if there is one.
func (s *Store) whole(c *call, h wire.Header) hasher.Checksum {
	if t := h.Get("X-Amz-Checksum-Type"); t == "" || t == fullObject {
		for _, a := range []hasher.Algorithm{s.Wire(), hasher.CRC64NVME, hasher.CRC32C, hasher.SHA256} {
			if sum := s.stated(c, h, a); !sum.IsZero() {
				return sum
			}
		}
	}
	return s.stated(c, h, hasher.MD5)
}

// metadata returns the user's metadata, with names in lower case.
func metadata(h wire.Header) map[string]string {
	m := make(map[string]string)
	for _, f := range h {
		name, ok := f.Behind(metadataPrefix)
		if !ok {
			continue
		}
		if before, twice := m[name]; twice {
			f.Value = before + "," + f.Value
		}
		m[name] = f.Value
	}
	return m
}
