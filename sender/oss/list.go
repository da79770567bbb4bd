package oss

import (
	"context"
	"encoding/xml"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// pageSize is what OSS lists at most at once.
const pageSize = "1000"

var (
	errPaging = errors.New("the list does not go on where it says: its pages would never end")
	errOrder  = errors.New("the list is not in order")
	errEntry  = errors.New("the list has an entry that cannot be")
)

type partList struct {
	XMLName xml.Name   `xml:"ListPartsResult"`
	Next    int        `xml:"NextPartNumberMarker"`
	More    bool       `xml:"IsTruncated"`
	Parts   []partItem `xml:"Part"`
}

type partItem struct {
	Number int    `xml:"PartNumber"`
	ETag   string `xml:"ETag"`
	Size   int64  `xml:"Size"`
	CRC    string `xml:"HashCrc64ecma"`
}

// Parts lists with ListParts, 1,000 parts a request.
func (s *Store) Parts(ctx context.Context, u sender.Upload) iter.Seq2[sender.StoredPart, error] {
	return func(yield func(sender.StoredPart, error) bool) {
		for last, more := 0, true; more; {
			page, err := s.partPage(ctx, u, last)
			if err != nil {
				yield(sender.StoredPart{}, err)
				return
			}
			for _, p := range page.Parts {
				if !yield(p.stored(), nil) {
					return
				}
			}
			last, more = page.Next, page.More
		}
	}
}

func (s *Store) partPage(ctx context.Context, u sender.Upload, last int) (*partList, error) {
	c := call{op: "list parts", key: u.Key, method: http.MethodGet, query: query(
		"encoding-type", "url", "max-parts", pageSize, "part-number-marker", strconv.Itoa(last), "uploadId", u.ID,
	)}
	answer, err := s.do(ctx, &c)
	if err != nil {
		return nil, err
	}
	page := new(partList)
	err = wire.DecodeXML(answer.Body, page)
	if err == nil {
		err = page.check(last)
	}
	if err != nil {
		return nil, c.broken(answer, err)
	}
	return page, nil
}

// check refuses what a caller could not bear: numbers that do not ascend, and pages without an end.
func (l *partList) check(last int) error {
	marker := last
	for _, p := range l.Parts {
		if p.Number <= last || p.Number > maxParts {
			return errOrder
		}
		if p.Size < 0 || len(unquoted(p.ETag)) > maxETag {
			return errEntry
		}
		last = p.Number
	}
	if l.More && (l.Next <= marker || l.Next < last) {
		return errPaging
	}
	return nil
}

func (p *partItem) stored() sender.StoredPart {
	return sender.StoredPart{Number: p.Number, Size: p.Size, ETag: unquoted(p.ETag), Checksum: checksum(p.CRC)}
}

type uploadList struct {
	XMLName  xml.Name     `xml:"ListMultipartUploadsResult"`
	Encoding string       `xml:"EncodingType"`
	NextKey  string       `xml:"NextKeyMarker"`
	NextID   string       `xml:"NextUploadIdMarker"`
	More     bool         `xml:"IsTruncated"`
	Uploads  []uploadItem `xml:"Upload"`
}

type uploadItem struct {
	Key   string `xml:"Key"`
	ID    string `xml:"UploadId"`
	Begun string `xml:"Initiated"`
}

// Uploads lists with ListMultipartUploads, 1,000 uploads a request.
func (s *Store) Uploads(ctx context.Context, prefix string) iter.Seq2[sender.OpenUpload, error] {
	return func(yield func(sender.OpenUpload, error) bool) {
		key, id := "", ""
		for more := true; more; {
			page, err := s.uploadPage(ctx, prefix, key, id)
			if err != nil {
				yield(sender.OpenUpload{}, err)
				return
			}
			for _, u := range page.Uploads {
				if !yield(u.open(), nil) {
					return
				}
			}
			key, id, more = page.NextKey, page.NextID, page.More
		}
	}
}

func (s *Store) uploadPage(ctx context.Context, prefix, key, id string) (*uploadList, error) {
	c := call{op: "list uploads", prefix: prefix, method: http.MethodGet, query: query(
		"encoding-type", "url", "max-uploads", pageSize, "uploads", "",
		"key-marker", key, "prefix", prefix, "upload-id-marker", id,
	)}
	answer, err := s.do(ctx, &c)
	if err != nil {
		return nil, err
	}
	page, err := parseUploads(answer.Body)
	if err == nil && page.More && (page.NextKey < key || page.NextKey == key && page.NextID == id) {
		err = errPaging
	}
	if err != nil {
		return nil, c.broken(answer, err)
	}
	return page, nil
}

// parseUploads reads a page and undoes the encoding of its keys. Every upload must be one that can be aborted.
func parseUploads(body []byte) (*uploadList, error) {
	page := new(uploadList)
	if err := wire.DecodeXML(body, page); err != nil {
		return nil, err
	}
	if err := page.decode(&page.NextKey); err != nil {
		return nil, err
	}
	for i := range page.Uploads {
		u := &page.Uploads[i]
		if err := page.decode(&u.Key); err != nil {
			return nil, err
		}
		if u.Key == "" || u.ID == "" || len(u.ID) > maxUploadID {
			return nil, errEntry
		}
	}
	return page, nil
}

func (l *uploadList) decode(key *string) (err error) {
	if strings.EqualFold(l.Encoding, "url") {
		*key, err = url.QueryUnescape(*key)
	}
	return err
}

// open leaves the time zero if it cannot be read: the upload is open all the same.
func (u *uploadItem) open() sender.OpenUpload {
	o := sender.OpenUpload{Upload: sender.Upload{Key: u.Key, ID: u.ID}}
	if at, err := time.Parse(time.RFC3339, u.Begun); err == nil {
		o.Begun = at
	}
	return o
}
