package oss

import (
	"net/http"
	"strconv"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

func (d *Dialect) getObject(w http.ResponseWriter, r *wire.Request) error {
	return d.Get(w, r, requested)
}

// requested returns the range that r asks for. By itself OSS answers the whole object where a range is not within
// it; asked for the standard, it does as RFC 9110 says.
func requested(r *wire.Request, o *storage.Object) (rng wire.Range, partial bool, err error) {
	rng, outcome := wire.ParseRange(r.Header.Get("Range"), o.Size)
	strict := r.Header.Get("x-oss-range-behavior") == "standard"
	switch {
	case outcome == wire.Satisfied, outcome == wire.Clipped && strict:
		return rng, true, nil
	case outcome == wire.Unsatisfiable && strict:
		return rng, false, invalidRange.With("ActualObjectSize", strconv.FormatInt(o.Size, 10)).
			With("RangeRequested", r.Header.Get("Range"))
	}
	return wire.Whole(o.Size), false, nil
}

func (d *Dialect) headObject(w http.ResponseWriter, r *wire.Request) error {
	return d.Head(w, r, whole)
}

// whole is all that a HEAD shows: OSS knows no ranges of it.
func whole(_ *wire.Request, o *storage.Object) (wire.Range, bool, error) {
	return wire.Whole(o.Size), false, nil
}

// getObjectMeta answers HEAD ?objectMeta, the short form.
func (d *Dialect) getObjectMeta(w http.ResponseWriter, r *wire.Request) error {
	o, err := d.Stat(r)
	if err != nil {
		return err
	}
	outline(w.Header(), &o)
	w.Header().Set("Content-Length", strconv.FormatInt(o.Size, 10))
	w.WriteHeader(http.StatusOK)
	return nil
}
