package s3

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// completePatience is how long the store may be silent while it puts the parts together: "several minutes", says
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html.
const completePatience = 10 * time.Minute

// Complete makes the object visible. An answer counts only if it is a whole CompleteMultipartUploadResult with an
// ETag: the status is sent before the work is done, and an error may follow it.
//
// The receipt's checksum is that of the whole object as the store states it. Where it states none that compares with
// [sender.Completion.Whole], but its ETag or composite checksum proves the parts, it is that; see the package comment.
func (s *Store) Complete(ctx context.Context, u sender.Upload, o *sender.Object, done sender.Completion) (sender.Receipt, error) {
	c := &call{
		op: "complete upload", key: u.Key, method: http.MethodPost, query: string(uploadQuery(nil, u)), patience: completePatience,
		keyed: true,
	}
	a, err := s.algorithmOf(ctx, u)
	if err != nil {
		return sender.Receipt{}, c.renamed(err)
	}
	answer, err := s.complete(ctx, c, o, done, a)
	if e, ok := errors.AsType[*sender.Error](err); ok && errors.Is(err, sender.ErrCorrupt) {
		e.Kind = sender.GiveUp // the same parts make no other object
	}
	if err != nil {
		return sender.Receipt{}, s.forgetGone(u, err)
	}
	r, err := completed(c, answer, done, a)
	if err == nil {
		s.forget(u)
	}
	return r, err
}

// complete sends the request. An endpoint that refuses the checksums here, though it took them with the parts, gets
// the list without them.
func (s *Store) complete(
	ctx context.Context, c *call, o *sender.Object, done sender.Completion, a hasher.Algorithm,
) (*wire.Response, error) {
	ask := func(a hasher.Algorithm) (*wire.Response, error) {
		c.header, c.body = completion(done, a)
		onlyNew(&c.header, o, "")
		return s.exchange(ctx, c)
	}
	answer, err := ask(a)
	if _, ok := dialectOf(a); ok && s.sums.auto && refusesChecksum(err) {
		return ask(hasher.MD5)
	}
	return answer, err
}

// completion returns the request's header and body. The checksums are repeated if all parts have the upload's.
func completion(done sender.Completion, a hasher.Algorithm) (wire.Header, []byte) {
	h := wire.Header{{Name: "Content-Type", Value: "application/xml"}}
	d, ok := dialectOf(a)
	for _, p := range done.Parts {
		ok = ok && p.Checksum.Algorithm == a
	}
	if !ok {
		return h, partsXML(done.Parts, "")
	}
	if done.Whole.Algorithm == a {
		setChecksum(&h, done.Whole)
		set(&h, "X-Amz-Checksum-Type", fullObject)
	}
	return h, partsXML(done.Parts, "Checksum"+d.name)
}

// partsXML writes the list of parts, with their checksums if the element for them has a name.
func partsXML(parts []sender.StoredPart, checksum string) []byte {
	var b bytes.Buffer
	b.Grow(128 + 160*len(parts))
	b.WriteString(`<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`)
	for _, p := range parts {
		b.WriteString("<Part><PartNumber>" + strconv.Itoa(p.Number) + "</PartNumber><ETag>&quot;")
		_ = xml.EscapeText(&b, []byte(p.ETag)) // a buffer takes everything
		b.WriteString("&quot;</ETag>")
		if checksum != "" {
			b.WriteString("<" + checksum + ">" + encode(p.Checksum) + "</" + checksum + ">")
		}
		b.WriteString("</Part>")
	}
	b.WriteString("</CompleteMultipartUpload>")
	return b.Bytes()
}

// completedXML is a success.
type completedXML struct {
	XMLName xml.Name `xml:"CompleteMultipartUploadResult"`
	ETag    string   `xml:"ETag"`
	checksumsXML
}

func parseCompleted(body []byte) (completedXML, error) {
	var x completedXML
	if blank(body) {
		return x, errors.New("the answer is empty")
	}
	if err := wire.DecodeXML(body, &x); err != nil {
		return completedXML{}, err
	}
	return x, nil
}

func completed(c *call, answer *wire.Response, done sender.Completion, a hasher.Algorithm) (sender.Receipt, error) {
	x, err := parseCompleted(answer.Body)
	if err != nil {
		return sender.Receipt{}, c.unreadable(answer, err.Error())
	}
	r, err := c.receipt(answer, x.ETag)
	if err != nil {
		return sender.Receipt{}, err
	}
	r.Checksum = x.whole(a)
	if other := r.Checksum.Algorithm != done.Whole.Algorithm; other && !done.Whole.IsZero() && proven(done.Parts, a, r.ETag, &x.checksumsXML) {
		r.Checksum = done.Whole
	}
	return r, nil
}

// whole returns the checksum of the whole object: in the upload's algorithm if it is stated, else in any. Composite
// ones do not decode.
func (x *completedXML) whole(a hasher.Algorithm) hasher.Checksum {
	if x.Type != "" && x.Type != fullObject {
		return hasher.Checksum{}
	}
	if c := decode(a, x.text(a)); !c.IsZero() {
		return c
	}
	return x.best()
}
