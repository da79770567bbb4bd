package oss

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// Put stores an object with PutObject.
func (s *Store) Put(ctx context.Context, o *sender.Object, p sender.Payload) (sender.Receipt, error) {
	c := call{op: "put object", key: o.Key, method: http.MethodPut, body: p.Data}
	c.header = c.room[:0]
	properties(&c.header, o)
	set(&c.header, headerACL, o.ACL)
	c.conditions(o)
	answer, err := s.do(ctx, &c)
	if err != nil {
		return sender.Receipt{}, err
	}
	if c.calls {
		return s.called(ctx, &c, answer)
	}
	return c.receipt(answer)
}

var errNoSize = errors.New("the answer states no size of the object")

// Head asks with HeadObject.
func (s *Store) Head(ctx context.Context, key string) (sender.Info, error) {
	c := call{op: "head object", key: key, method: http.MethodHead}
	answer, err := s.do(ctx, &c)
	if err != nil {
		return sender.Info{}, err
	}
	r, err := c.receipt(answer)
	if err != nil {
		return sender.Info{}, err
	}
	size, err := strconv.ParseInt(answer.Header.Get("Content-Length"), 10, 64)
	if err != nil || size < 0 {
		return sender.Info{}, c.broken(answer, errNoSize)
	}
	return info(answer, r, size), nil
}

func info(answer *wire.Response, r sender.Receipt, size int64) sender.Info {
	i := sender.Info{
		Size: size, ETag: r.ETag, VersionID: r.VersionID, Checksum: r.Checksum, Metadata: metadata(answer.Header),
	}
	if at, err := http.ParseTime(answer.Header.Get("Last-Modified")); err == nil {
		i.Modified = at
	}
	return i
}

// metadata returns the user's metadata, with names in lower case, as OSS keeps them.
func metadata(h wire.Header) map[string]string {
	var m map[string]string
	for _, f := range h {
		name, ok := f.Behind(metadataPrefix)
		if _, twice := m[name]; twice || !ok {
			continue
		}
		if m == nil {
			m = make(map[string]string)
		}
		m[name] = f.Value
	}
	return m
}
