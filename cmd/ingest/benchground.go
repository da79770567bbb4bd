package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/ingest-dev/ingest/bench"
	"github.com/ingest-dev/ingest/sender"
)

// benchPrefix begins the name of the folder that bench and tune work in; random digits make it their own.
const benchPrefix = ".ingest-bench-"

// benchGround is an open destination with a folder of our own, and the bench that measures there.
type benchGround struct {
	*bench.Bench
	store  *store
	prefix string // of the keys
	url    string // the same as the user names it
	log    *logger
}

// openGround opens the destination, and asks it once: what is wrong with it is to be told now.
func openGround(ctx context.Context, t *target, log *logger, parallel int, o bench.Options) (*benchGround, error) {
	s, err := t.open(ctx, parallel)
	if err != nil {
		return nil, err
	}
	if err := preflight(ctx, &job{store: s}); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails
	folder := benchPrefix + hex.EncodeToString(random[:]) + "/"
	g := &benchGround{store: s, prefix: s.prefix + folder, log: log}
	g.url = joinURL(t.url, folder)
	o.Store, o.Prefix = s.Store, g.prefix
	g.Bench = bench.New(o)
	log.Info().Msgf("all that is sent lies under %s and is removed at the end; if this is killed, "+
		"ingest uploads abort %s --all drops what is invisible", g.url, shellQuoted(g.url))
	return g, nil
}

// joinURL is the URL of a folder below another.
func joinURL(url, folder string) string {
	if url[len(url)-1] != '/' {
		url += "/"
	}
	return url + folder
}

// clean takes away what was sent, names what stays, and closes the store. ctx is the command's, which a first signal
// does not end.
func (g *benchGround) clean(ctx context.Context) (bench.Rest, error) {
	rest, err := g.Clean(ctx)
	for _, key := range rest.Objects {
		g.log.Warn().Str("key", key).Msg("this object is left: remove it")
	}
	for _, u := range rest.Uploads {
		g.log.Warn().Str("key", u.Key).Str("upload", u.ID).Msg("this upload is left open: abort it")
	}
	if rest.Versions {
		g.log.Warn().Str("prefix", g.prefix).Msg("the bucket keeps versions: those of the objects are left, and paid for, until a lifecycle rule removes them")
	}
	if left := len(rest.Objects) + len(rest.Uploads); left > 0 {
		err = &exit{exitFailed, fmt.Errorf("%s could not be removed from under %s: %w", plural(left, "thing"), g.url,
			cmp.Or(err, errors.New("this kind of store cannot remove objects")))}
	} else {
		err = nil // what cannot be listed, and was not ours, is no matter
	}
	return rest, errors.Join(err, g.store.Close())
}

// benchEnd is what the end of a measurement means to the process.
func benchEnd(ctx context.Context, err error) error {
	if err == nil || errors.Is(err, bench.ErrSpent) {
		return nil
	}
	if ctx.Err() != nil {
		return &exit{exitStopped, fmt.Errorf("stopped before the end: %w", context.Cause(ctx))}
	}
	if _, ok := errors.AsType[*bench.SourceError](err); ok {
		return &exit{exitFailed, err}
	}
	if _, ok := errors.AsType[*sender.Error](err); ok {
		return &exit{exitRefused, err}
	}
	return err
}
