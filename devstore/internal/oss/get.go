package oss

import (
	"net/http"
	"strconv"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

func (d *Dialect) getObject(w http.ResponseWriter, r *wire.Request) error {
	o, err := d.open(r, r.Bucket, r.Key)
	if err != nil {
		return err
	}
	defer o.Close()
	if err := check(wire.ReadConditions(r.Header, ""), &o.Object); err != nil {
		outline(w.Header(), &o.Object)
		return err
	}
	rng, partial, err := requested(r, o.Size)
	if err != nil {
		return err
	}
	describe(w.Header(), &o.Object, r)
	w.WriteHeader(wire.SetLength(w.Header(), rng, o.Size, partial))
	_ = o.WriteRange(w, rng.Offset, rng.Length) // a short answer breaks the connection, which is all that can be said
	return nil
}

// requested returns the range that r asks for. By itself OSS answers the whole object where a range is not within
// it; asked for the standard, it does as RFC 9110 says.
func requested(r *wire.Request, size int64) (rng wire.Range, partial bool, err error) {
	rng, outcome := wire.ParseRange(r.Header.Get("Range"), size)
	strict := r.Header.Get("x-oss-range-behavior") == "standard"
	switch {
	case outcome == wire.Satisfied, outcome == wire.Clipped && strict:
		return rng, true, nil
	case outcome == wire.Unsatisfiable && strict:
		return rng, false, invalidRange.With("ActualObjectSize", strconv.FormatInt(size, 10)).
			With("RangeRequested", r.Header.Get("Range"))
	}
	return wire.Whole(size), false, nil
}

// check returns the refusal that conditions on an object come to, nil if they hold.
func check(c wire.Conditions, o *storage.Object) error {
	switch c.Check(o.ETag.OSS(), o.Modified) {
	case http.StatusNotModified:
		return notModified
	case http.StatusPreconditionFailed:
		return preconditionFailed
	}
	return nil
}

func (d *Dialect) headObject(w http.ResponseWriter, r *wire.Request) error {
	o, err := d.stat(r)
	if err != nil {
		return err
	}
	if err := check(wire.ReadConditions(r.Header, ""), &o); err != nil {
		outline(w.Header(), &o)
		return err
	}
	describe(w.Header(), &o, r)
	w.WriteHeader(wire.SetLength(w.Header(), wire.Whole(o.Size), o.Size, false))
	return nil
}

// getObjectMeta answers HEAD ?objectMeta, the short form.
func (d *Dialect) getObjectMeta(w http.ResponseWriter, r *wire.Request) error {
	o, err := d.stat(r)
	if err != nil {
		return err
	}
	outline(w.Header(), &o)
	w.Header().Set("Content-Length", strconv.FormatInt(o.Size, 10))
	w.WriteHeader(http.StatusOK)
	return nil
}

// stat returns the object that r is for.
func (d *Dialect) stat(r *wire.Request) (storage.Object, error) {
	b, err := d.bucket(r)
	if err != nil {
		return storage.Object{}, err
	}
	o, err := b.Stat(r.Key)
	return o, missing(err, r)
}

// open opens an object: that which r is for, or that which it copies from.
func (d *Dialect) open(r *wire.Request, bucket, key string) (*storage.Reader, error) {
	b, err := d.bucketOf(bucket)
	if err != nil {
		return nil, err
	}
	o, err := b.Open(key)
	if err != nil {
		return nil, missing(err, r)
	}
	return o, nil
}

// missing names the key in NoSuchKey, and leaves other errors as they are.
func missing(err error, r *wire.Request) error {
	if err != nil && explain(err) == noSuchKey {
		return noSuchKey.With("Key", r.Key)
	}
	return err
}
