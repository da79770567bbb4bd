package s3

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

func (d *Dialect) getObject(w http.ResponseWriter, r *wire.Request) error {
	o, err := d.open(r, r.Bucket, r.Key)
	if err != nil {
		return err
	}
	defer o.Close()
	rng, err := answer(w, r, &o.Object)
	if err != nil {
		return err
	}
	_ = o.WriteRange(w, rng.Offset, rng.Length) // a short answer breaks the connection, which is all that can be said
	return nil
}

func (d *Dialect) headObject(w http.ResponseWriter, r *wire.Request) error {
	o, err := d.stat(r)
	if err != nil {
		return err
	}
	_, err = answer(w, r, &o)
	return err
}

// answer writes the head of an answer, and returns the range that its body is to have.
func answer(w http.ResponseWriter, r *wire.Request, o *storage.Object) (wire.Range, error) {
	if err := check(wire.ReadConditions(r.Header, ""), o); err != nil {
		outline(w.Header(), o)
		return wire.Range{}, err
	}
	rng, partial, err := requested(r, o)
	if err != nil {
		return rng, err
	}
	describe(w.Header(), o, r)
	if strings.EqualFold(r.Header.Get("x-amz-checksum-mode"), "ENABLED") && rng == wire.Whole(o.Size) {
		setChecksum(w.Header(), o.Checksum, len(o.PartSizes))
	}
	if r.Query.Has("partNumber") && o.Upload != "" {
		w.Header().Set("x-amz-mp-parts-count", strconv.Itoa(len(o.PartSizes)))
	}
	w.WriteHeader(wire.SetLength(w.Header(), rng, o.Size, partial))
	return rng, nil
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
		return rng, false, argument("partNumber", r.Query.Get("partNumber"))
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

// check returns the refusal that conditions on an object come to, nil if they hold.
func check(c wire.Conditions, o *storage.Object) error {
	switch c.Check(o.ETag.S3(), o.Modified) {
	case http.StatusNotModified:
		return notModified
	case http.StatusPreconditionFailed:
		return preconditionFailed
	}
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
