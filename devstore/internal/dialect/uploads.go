package dialect

import (
	"net/http"
	"strings"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// Upload returns the open upload that r is for.
func (c *Common) Upload(r *wire.Request) (*storage.Upload, error) {
	b, err := c.Bucket(r)
	if err != nil {
		return nil, err
	}
	return b.Upload(r.Key, r.Query.Get("uploadId"))
}

// Place is where a part belongs.
type Place struct {
	Bucket *storage.Bucket
	Upload *storage.Upload
	Number int
}

// Place returns where the part that r is for belongs.
func (c *Common) Place(r *wire.Request) (p Place, err error) {
	number, ok := r.Number("partNumber", 0, 1, storage.MaxParts)
	if !ok || number == 0 {
		return p, withArgument(c.Refusals.PartNumber, "partNumber", r.Query.Get("partNumber"))
	}
	if !r.Query.Has("uploadId") {
		return p, c.Refusals.Argument("uploadId", "")
	}
	p.Number = number
	if p.Bucket, err = c.Bucket(r); err != nil {
		return p, err
	}
	p.Upload, err = c.Upload(r)
	return p, err
}

// Abort ends the upload that r is for.
func (c *Common) Abort(w http.ResponseWriter, r *wire.Request) error {
	u, err := c.Upload(r)
	if err != nil {
		return err
	}
	if err := u.Abort(); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// UploadListing is one page of a bucket's open uploads, and what was asked for. NextKey and NextID are "" if no page
// follows.
type UploadListing struct {
	storage.UploadListOptions
	storage.UploadPage
	Encoder wire.Encoder
}

// ListUploads returns the page that r asks for.
func (c *Common) ListUploads(r *wire.Request) (UploadListing, error) {
	b, err := c.Bucket(r)
	if err != nil {
		return UploadListing{}, err
	}
	most, err := c.Number(r, "max-uploads", PageMost, 1, c.Pages.Most)
	if err != nil {
		return UploadListing{}, err
	}
	encoder, err := c.Encoder(r)
	if err != nil {
		return UploadListing{}, err
	}
	o := storage.UploadListOptions{
		Prefix: r.Query.Get("prefix"), Delimiter: r.Query.Get("delimiter"),
		KeyMarker: r.Query.Get("key-marker"), IDMarker: r.Query.Get("upload-id-marker"), Max: min(most, PageMost),
	}
	l := UploadListing{UploadListOptions: o, UploadPage: b.Uploads(o), Encoder: encoder}
	if !l.Truncated {
		l.NextKey, l.NextID = "", ""
	}
	return l, nil
}

// PartRef returns the part that a completion names, by its number and its ETag, which may be in quotes.
func PartRef(number int, etag string) storage.PartRef {
	return storage.PartRef{Number: number, ETag: strings.Trim(strings.TrimSpace(etag), `"`)}
}

// SameETag reports whether ref states the ETag of a part. The dialects write it in different cases; either is taken.
func SameETag(p storage.Part, ref storage.PartRef) bool {
	return strings.EqualFold(storage.PlainETag(p.MD5).S3(), ref.ETag)
}
