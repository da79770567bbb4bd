package s3

import (
	"net/http"
	"strconv"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

func (d *Dialect) getObject(w http.ResponseWriter, r *wire.Request) error {
	return d.Get(w, r, requested)
}

// headObject knows ranges and parts as getObject does.
func (d *Dialect) headObject(w http.ResponseWriter, r *wire.Request) error {
	return d.Head(w, r, requested)
}

// requested returns the range that r asks for, by its bytes or as a part.
func requested(r *wire.Request, o *storage.Object) (rng wire.Range, partial bool, err error) {
	if r.Query.Has("partNumber") {
		return partRange(r, o)
	}
	rng, outcome := wire.ParseRange(r.Header.Get("Range"), o.Size)
	switch outcome {
	case wire.Satisfied, wire.Clipped:
		return rng, true, nil
	case wire.Unsatisfiable:
		return rng, false, invalidRange.With("RangeRequested", r.Header.Get("Range")).
			With("ActualObjectSize", strconv.FormatInt(o.Size, 10))
	}
	return wire.Whole(o.Size), false, nil
}

// partRange returns the range of a part. An object that was put has one part.
func partRange(r *wire.Request, o *storage.Object) (rng wire.Range, partial bool, err error) {
	number, ok := r.Number("partNumber", 0, 1, storage.MaxParts)
	if !ok || r.Header.Get("Range") != "" {
		return rng, false, refusals.Argument("partNumber", r.Query.Get("partNumber"))
	}
	sizes := o.PartSizes
	if o.Upload == "" {
		sizes = []int64{o.Size}
	}
	if number > len(sizes) {
		return rng, false, invalidPartNumber
	}
	for _, size := range sizes[:number-1] {
		rng.Offset += size
	}
	rng.Length = sizes[number-1]
	return rng, rng.Length > 0, nil
}
