package s3

import (
	"context"
	"encoding/xml"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// pageSize is how many parts or uploads S3 lists at once.
const pageSize = 1000

// errOrder is returned when a listing does not go on upwards, which would read it for ever.
var errOrder = errors.New("the listing does not ascend")

// errPart is returned when a listed part cannot be one.
var errPart = errors.New("the listing states an impossible size or ETag")

// errUpload is returned when a listed upload cannot be named. A request to abort one without an id, or without a key,
// would be one to delete the object, or the bucket.
var errUpload = errors.New("the listing has an upload without a key, or without an id of 1 to 1,024 bytes")

// Parts yields the parts of an upload, with checksums of the kind that its receipts have, if they are listed. In an
// upload that goes with MD5 that is the ETag, where it may be one.
func (s *Store) Parts(ctx context.Context, u sender.Upload) iter.Seq2[sender.StoredPart, error] {
	return func(yield func(sender.StoredPart, error) bool) {
		for after, more := 0, true; more; {
			page, err := s.partsPage(ctx, u, after, pageSize)
			if err != nil {
				yield(sender.StoredPart{}, err)
				return
			}
			a, _ := s.known(u)
			for _, p := range page.Parts {
				if !yield(p.stored(a, s.customer != nil), nil) {
					return
				}
				after = p.Number
			}
			more = page.Truncated
		}
	}
}

// partsXML is a page of an upload's parts.
type partsPageXML struct {
	XMLName   xml.Name  `xml:"ListPartsResult"`
	Algorithm string    `xml:"ChecksumAlgorithm"`
	Truncated bool      `xml:"IsTruncated"`
	Parts     []partXML `xml:"Part"`
}

type partXML struct {
	Number int    `xml:"PartNumber"`
	Size   int64  `xml:"Size"`
	ETag   string `xml:"ETag"`
	checksumsXML
}

// stored returns the part with its checksum by a if there is one, else with the best. Amazon lists a CRC of parts
// that were sent with MD5, too. An ETag that is hidden is no MD5.
func (p *partXML) stored(a hasher.Algorithm, hidden bool) sender.StoredPart {
	etag := unquoted(p.ETag)
	sum := decode(a, p.text(a))
	if a == hasher.MD5 && !hidden {
		sum = fromETag(etag)
	}
	if sum.IsZero() {
		sum = p.best()
	}
	return sender.StoredPart{Number: p.Number, Size: p.Size, ETag: etag, Checksum: sum}
}

// partsPage lists the parts after a number, and learns the upload's checksum by the way.
func (s *Store) partsPage(ctx context.Context, u sender.Upload, after, limit int) (*partsPageXML, error) {
	c := &call{op: "list parts", key: u.Key, method: http.MethodGet, keyed: true}
	c.query = string(uploadQuery([]byte("max-parts="+strconv.Itoa(limit)+"&part-number-marker="+strconv.Itoa(after)+"&"), u))
	answer, err := s.exchange(ctx, c)
	if err != nil {
		return nil, s.forgetGone(u, err)
	}
	page, err := parseParts(answer.Body, after)
	if err != nil {
		return nil, c.unreadable(answer, err.Error())
	}
	s.learn(u, page)
	return page, nil
}

func parseParts(body []byte, after int) (*partsPageXML, error) {
	x := new(partsPageXML)
	if err := wire.DecodeXML(body, x); err != nil {
		return nil, err
	}
	for _, p := range x.Parts {
		if p.Size < 0 || len(unquoted(p.ETag)) > maxETag {
			return nil, errPart
		}
		if p.Number <= after {
			return nil, errOrder
		}
		after = p.Number
	}
	if x.Truncated && len(x.Parts) == 0 {
		return nil, errOrder
	}
	return x, nil
}

// Uploads yields the uploads that the bucket holds open under a prefix.
func (s *Store) Uploads(ctx context.Context, prefix string) iter.Seq2[sender.OpenUpload, error] {
	return func(yield func(sender.OpenUpload, error) bool) {
		var after sender.Upload
		for more := true; more; {
			page, err := s.uploadsPage(ctx, prefix, after)
			if err != nil {
				yield(sender.OpenUpload{}, err)
				return
			}
			for _, u := range page.uploads {
				if !yield(u, nil) {
					return
				}
			}
			after, more = page.next, page.truncated
		}
	}
}

// uploadsPage is a page of open uploads; next is where the following one starts.
type uploadsPage struct {
	uploads   []sender.OpenUpload
	next      sender.Upload
	truncated bool
}

func (s *Store) uploadsPage(ctx context.Context, prefix string, after sender.Upload) (uploadsPage, error) {
	c := &call{op: "list uploads", method: http.MethodGet, query: uploadsQuery(prefix, after)}
	answer, err := s.exchange(ctx, c)
	if err != nil {
		return uploadsPage{}, err
	}
	page, err := parseUploads(answer.Body, after)
	if err != nil {
		return uploadsPage{}, c.unreadable(answer, err.Error())
	}
	return page, nil
}

// uploadsQuery writes the parameters in the order of their names.
func uploadsQuery(prefix string, after sender.Upload) string {
	b := []byte("encoding-type=url&key-marker=")
	b = wire.AppendEscaped(b, after.Key, false)
	b = append(b, "&max-uploads="+strconv.Itoa(pageSize)+"&prefix="...)
	b = wire.AppendEscaped(b, prefix, false)
	b = append(b, "&upload-id-marker="...)
	b = wire.AppendEscaped(b, after.ID, false)
	return string(append(b, "&uploads="...))
}

// uploadsXML is a page of open uploads; keys are escaped if Encoding says so.
type uploadsXML struct {
	XMLName   xml.Name `xml:"ListMultipartUploadsResult"`
	Encoding  string   `xml:"EncodingType"`
	Truncated bool     `xml:"IsTruncated"`
	NextKey   string   `xml:"NextKeyMarker"`
	NextID    string   `xml:"NextUploadIdMarker"`
	Uploads   []struct {
		Key       string `xml:"Key"`
		ID        string `xml:"UploadId"`
		Initiated string `xml:"Initiated"`
	} `xml:"Upload"`
}

func parseUploads(body []byte, after sender.Upload) (uploadsPage, error) {
	var x uploadsXML
	if err := wire.DecodeXML(body, &x); err != nil {
		return uploadsPage{}, err
	}
	page := uploadsPage{truncated: x.Truncated, next: sender.Upload{ID: x.NextID}}
	for _, u := range x.Uploads {
		key, err := x.decoded(u.Key)
		if err != nil {
			return uploadsPage{}, err
		}
		if key == "" || u.ID == "" || len(u.ID) > maxUploadID {
			return uploadsPage{}, errUpload
		}
		begun, _ := time.Parse(time.RFC3339, u.Initiated) // zero where that is no time: the upload is open all the same
		page.uploads = append(page.uploads, sender.OpenUpload{Upload: sender.Upload{Key: key, ID: u.ID}, Begun: begun})
	}
	var err error
	if page.next.Key, err = x.decoded(x.NextKey); err != nil {
		return uploadsPage{}, err
	}
	if page.truncated && !ascends(after, page.next) {
		return uploadsPage{}, errOrder
	}
	return page, nil
}

// decoded undoes the encoding of a key, in which "+" stands for a space.
func (x *uploadsXML) decoded(key string) (string, error) {
	if x.Encoding != "url" {
		return key, nil
	}
	return url.QueryUnescape(key)
}

// ascends reports whether a listing gets on: uploads of one key are ordered by their age, so that their ids only differ.
func ascends(from, to sender.Upload) bool {
	return to.Key > from.Key || to.Key == from.Key && to.ID != from.ID
}
