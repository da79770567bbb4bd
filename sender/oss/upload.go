package oss

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// completePatience is how long OSS may be silent while it puts an object together: of 10,000 parts that takes minutes.
const completePatience = 10 * time.Minute

type initiateResult struct {
	XMLName  xml.Name `xml:"InitiateMultipartUploadResult"`
	UploadID string   `xml:"UploadId"`
}

// Begin opens an upload with InitiateMultipartUpload. The object's ACL is left for Complete, where OSS wants it.
func (s *Store) Begin(ctx context.Context, o *sender.Object) (sender.Upload, error) {
	c := call{op: "begin upload", key: o.Key, method: http.MethodPost, query: beginQuery}
	properties(&c.header, o)
	onlyNew(&c.header, o)
	answer, err := s.do(ctx, &c)
	if err != nil {
		return sender.Upload{}, err
	}
	var result initiateResult
	if err := wire.DecodeXML(answer.Body, &result); err != nil {
		return sender.Upload{}, c.broken(answer, err)
	}
	id := strings.TrimSpace(result.UploadID)
	if len(id) == 0 || len(id) > maxUploadID {
		return sender.Upload{}, c.broken(answer, errNoUpload)
	}
	return sender.Upload{Key: o.Key, ID: id}, nil
}

// beginQuery asks for keys in a form that XML can hold, whatever the key.
var beginQuery = query("encoding-type", "url", "uploads", "")

// SendPart stores a part with UploadPart.
func (s *Store) SendPart(ctx context.Context, u sender.Upload, p sender.Part) (sender.Receipt, error) {
	c := call{
		op: "send part", key: u.Key, part: p.Number, method: http.MethodPut, body: p.Data,
		query: query("partNumber", strconv.Itoa(p.Number), "uploadId", u.ID),
	}
	answer, err := s.do(ctx, &c)
	if err != nil {
		return sender.Receipt{}, err
	}
	return c.receipt(answer)
}

type completeResult struct {
	XMLName xml.Name `xml:"CompleteMultipartUploadResult"`
	ETag    string   `xml:"ETag"`
}

// Complete makes the object with CompleteMultipartUpload. The checksum of the receipt is that of the whole object.
//
// OSS goes on with it even if the connection breaks. So an answer of status 200 that does not end well is
// [sender.ErrNoAnswer], and one that holds an error is that error.
func (s *Store) Complete(ctx context.Context, u sender.Upload, o *sender.Object, done sender.Completion) (sender.Receipt, error) {
	c := call{
		op: "complete upload", key: u.Key, method: http.MethodPost, body: completion(done.Parts),
		query: query("encoding-type", "url", "uploadId", u.ID), patience: completePatience,
	}
	set(&c.header, "Content-Type", "application/xml")
	set(&c.header, headerACL, o.ACL)
	c.conditions(o)
	answer, err := s.do(ctx, &c)
	if err != nil {
		return sender.Receipt{}, err
	}
	if c.calls {
		return s.called(ctx, &c, answer)
	}
	return s.completed(ctx, &c, answer)
}

var errNoResult = errors.New("the result names no ETag")

func (s *Store) completed(ctx context.Context, c *call, answer *wire.Response) (sender.Receipt, error) {
	if p, ok := decodeProblem(c.blot(answer.Body)); ok {
		return sender.Receipt{}, s.refusal(ctx, c, answer, p)
	}
	var result completeResult
	if err := wire.DecodeXML(answer.Body, &result); err != nil {
		return sender.Receipt{}, c.broken(answer, err)
	}
	if unquoted(result.ETag) == "" {
		return sender.Receipt{}, c.broken(answer, errNoResult)
	}
	if answer.Header.Get(headerETag) == "" {
		answer.Header.Set(headerETag, result.ETag)
	}
	return c.receipt(answer)
}

// completion writes the list of parts. ETags came from the store, and are escaped like any foreign text.
func completion(parts []sender.StoredPart) []byte {
	b := make([]byte, 0, 64+96*len(parts))
	b = append(b, "<CompleteMultipartUpload>"...)
	for _, p := range parts {
		b = append(b, "<Part><PartNumber>"...)
		b = strconv.AppendInt(b, int64(p.Number), 10)
		b = append(b, "</PartNumber><ETag>&#34;"...)
		b = appendText(b, p.ETag)
		b = append(b, "&#34;</ETag></Part>"...)
	}
	return append(b, "</CompleteMultipartUpload>"...)
}

func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; {
		case c == '<' || c == '>' || c == '&' || c == '"' || c == '\'':
			b = fmt.Appendf(b, "&#%d;", c)
		case c < ' ': // XML cannot hold it, and no ETag has it
		default:
			b = append(b, c)
		}
	}
	return b
}

// Abort ends an upload with AbortMultipartUpload. Parts that are still being sent then survive it; who aborts waits
// for the senders first, or aborts once more.
func (s *Store) Abort(ctx context.Context, u sender.Upload) error {
	c := call{op: "abort upload", key: u.Key, method: http.MethodDelete, query: query("uploadId", u.ID)}
	_, err := s.do(ctx, &c)
	if errors.Is(err, sender.ErrNoSuchUpload) {
		return nil
	}
	return err
}
