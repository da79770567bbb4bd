package requests

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

// The object that all clients store. Its key has what is escaped in one way or another.
const (
	key         = "a dir/ä+b=c&d;e~f(1)*'%25@:,$!.txt"
	contentType = "text/plain; charset=utf-8"
	metaName    = "author"
	metaValue   = "Zoe, 2nd"
	class       = "STANDARD"
)

// parts are the bytes of an upload: one that is no last part in any store, and a small one.
var parts = [][]byte{bytes.Repeat([]byte("0123456789abcdef"), 5<<20/16), []byte("the end")}

// uploader is a client of either kind.
type uploader interface {
	Put(ctx context.Context, data []byte) error
	Begin(ctx context.Context) (id string, err error)
	SendPart(ctx context.Context, id string, number int, data []byte) (etag string, err error)
	Parts(ctx context.Context, id string) error
	Complete(ctx context.Context, id string, etags []string) error
	Abort(ctx context.Context, id string) error
	Head(ctx context.Context) error
	Uploads(ctx context.Context, prefix string) error
}

// chapter is a step of what all clients do.
type chapter struct {
	name string
	do   func(ctx context.Context, u uploader, s *state) error
}

// state is what one step learns for the next.
type state struct {
	id    string
	etags []string
}

var story = []chapter{
	{"put object", func(ctx context.Context, u uploader, _ *state) error { return u.Put(ctx, []byte("content")) }},
	{"put empty object", func(ctx context.Context, u uploader, _ *state) error { return u.Put(ctx, nil) }},
	{"head object", func(ctx context.Context, u uploader, _ *state) error { return u.Head(ctx) }},
	{"begin upload", begin},
	{"send part", func(ctx context.Context, u uploader, s *state) error { return s.send(ctx, u, 1) }},
	{"send last part", func(ctx context.Context, u uploader, s *state) error { return s.send(ctx, u, 2) }},
	{"list parts", func(ctx context.Context, u uploader, s *state) error { return u.Parts(ctx, s.id) }},
	{"complete upload", func(ctx context.Context, u uploader, s *state) error { return u.Complete(ctx, s.id, s.etags) }},
	{"begin another upload", begin},
	{"list uploads", func(ctx context.Context, u uploader, _ *state) error { return u.Uploads(ctx, key[:4]) }},
	{"abort upload", func(ctx context.Context, u uploader, s *state) error { return u.Abort(ctx, s.id) }},
}

func begin(ctx context.Context, u uploader, s *state) (err error) {
	s.id, err = u.Begin(ctx)
	return err
}

func (s *state) send(ctx context.Context, u uploader, number int) error {
	etag, err := u.SendPart(ctx, s.id, number, parts[number-1])
	s.etags = append(s.etags, strings.Trim(etag, `"`))
	return err
}

// told returns what a client asks in each chapter: one request.
func told(t *testing.T, r *recorder, u uploader) map[string]record {
	t.Helper()
	r.take()
	all, s := make(map[string]record), new(state)
	for _, c := range story {
		if err := c.do(t.Context(), u, s); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		asked := r.take()
		if len(asked) != 1 {
			t.Fatalf("%s: %d requests", c.name, len(asked))
		}
		all[c.name] = asked[0]
	}
	return all
}
