package dialect

import (
	"errors"
	"fmt"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// Source opens the object that r copies from, if the conditions on it hold. Close it.
func (c *Common) Source(r *wire.Request) (*storage.Reader, error) {
	header := c.Prefix + "copy-source"
	bucket, key, ok := wire.CopySource(r.Header.Get(header))
	if !ok {
		return nil, c.Refusals.Argument(header, r.Header.Get(header))
	}
	from, err := c.open(r, bucket, key)
	if err != nil {
		return nil, err
	}
	err = c.Unlock(r, from.Meta.Encryption, true)
	if err == nil {
		err = c.check(wire.ReadConditions(r.Header, header+"-"), &from.Object)
	}
	if err != nil {
		from.Close()
		return nil, err
	}
	return from, nil
}

// sourceRange returns what copy-source-range asks of the source of a part: all of it, or a range within it.
func (c *Common) sourceRange(r *wire.Request, size int64) (wire.Range, error) {
	header := c.Prefix + "copy-source-range"
	rng, outcome := wire.ParseRange(r.Header.Get(header), size)
	switch outcome {
	case wire.Absent:
		rng = wire.Whole(size)
	case wire.Satisfied:
	default:
		return rng, c.Refusals.Argument(header, r.Header.Get(header))
	}
	if rng.Length > PutLimit {
		return rng, c.Refusals.EntityTooLarge
	}
	return rng, nil
}

// CopyPart makes a part of what r copies from an object: all of it, or a range.
func (c *Common) CopyPart(r *wire.Request, to Place, from *storage.Reader, o storage.StageOptions) (storage.Part, error) {
	rng, err := c.sourceRange(r, from.Size)
	if err != nil {
		return storage.Part{}, err
	}
	o.Limit, o.Part = PutLimit, true
	s, err := stageRange(to.Bucket, from, rng, o)
	if err != nil {
		return storage.Part{}, err
	}
	defer s.Discard()
	return to.Upload.PutPart(to.Number, s)
}

// StageCopy stages all of an object: its bytes, whatever its extents, so that they are checked on the way.
func StageCopy(b *storage.Bucket, from *storage.Reader, o storage.StageOptions) (*storage.Staged, error) {
	return stageRange(b, from, wire.Whole(from.Size), o)
}

func stageRange(b *storage.Bucket, from *storage.Reader, rng wire.Range, o storage.StageOptions) (*storage.Staged, error) {
	content := from.Range(rng.Offset, rng.Length)
	defer func() { _ = content.Close() }()
	s, err := b.Stage(content, o)
	return s, unreadable(err)
}

// unreadable is for content that is our own: that it cannot be read is no fault of the client's.
func unreadable(err error) error {
	if e, ok := errors.AsType[*storage.ReadError](err); ok {
		return fmt.Errorf("read source: %w", e.Err)
	}
	return err
}
