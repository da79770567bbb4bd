package s3

import (
	"context"
	"encoding/xml"
	"errors"
	"net/http"
	"strconv"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// maxUploadID is the longest upload id that [sender.Upload] allows, in bytes.
const maxUploadID = 1024

// Begin opens an upload with the checksum in force, as one of the full object.
func (s *Store) Begin(ctx context.Context, o *sender.Object) (u sender.Upload, err error) {
	if o.OnlyNew && s.occupied(ctx, o.Key) {
		return sender.Upload{}, exists("begin upload", o.Key)
	}
	c := &call{op: "begin upload", key: o.Key, method: http.MethodPost, query: "uploads=", keyed: true}
	err = s.sums.negotiate(func(a hasher.Algorithm) (bool, error) {
		c.header = properties(c.room[:0], o)
		if d, ok := dialectOf(a); ok {
			set(&c.header, "X-Amz-Checksum-Algorithm", d.name)
			set(&c.header, "X-Amz-Checksum-Type", fullObject)
		}
		u, err = s.begin(ctx, c)
		if err == nil {
			s.uploads.Store(u, a)
		}
		return true, err // what the endpoint makes of the checksum shows with the first part
	})
	return u, err
}

func (s *Store) begin(ctx context.Context, c *call) (sender.Upload, error) {
	answer, err := s.exchange(ctx, c)
	if err != nil {
		return sender.Upload{}, err
	}
	id, err := parseBegin(answer.Body)
	if err != nil {
		return sender.Upload{}, c.unreadable(answer, err.Error())
	}
	return sender.Upload{Key: c.key, ID: id}, nil
}

func parseBegin(body []byte) (string, error) {
	var x struct {
		XMLName  xml.Name `xml:"InitiateMultipartUploadResult"`
		UploadID string   `xml:"UploadId"`
	}
	if err := wire.DecodeXML(body, &x); err != nil {
		return "", err
	}
	if x.UploadID == "" || len(x.UploadID) > maxUploadID {
		return "", errors.New("the answer has no usable upload id")
	}
	return x.UploadID, nil
}

// SendPart stores one part with the upload's checksum. Where the endpoint does not state that of an upload begun in the
// automatic mode, this part and the upload's others go with MD5. If the upload takes none but its own, as those of
// Amazon do, the endpoint may have compared it without a word: the receipts prove nothing then, and the whole must.
func (s *Store) SendPart(ctx context.Context, u sender.Upload, p sender.Part) (sender.Receipt, error) {
	c := &call{op: "send part", key: u.Key, part: p.Number, method: http.MethodPut, payload: &p.Payload, keyed: true}
	c.query = string(uploadQuery([]byte("partNumber="+strconv.Itoa(p.Number)+"&"), u))
	a, err := s.algorithmOf(ctx, u)
	if err != nil {
		return sender.Receipt{}, c.renamed(err)
	}
	r, err := s.part(ctx, c, a)
	next, ok := s.sums.below(a)
	if !ok || err != nil && !refusesChecksum(err) || err == nil && (!r.Checksum.IsZero() || s.isMute(u)) {
		return r, s.forgetGone(u, err)
	}
	proven, failed := s.part(ctx, c, hasher.MD5)
	switch {
	case failed == nil:
		s.uploads.CompareAndSwap(u, a, hasher.MD5)
		s.sums.settle(a, next)
	case err == nil && refusesChecksum(failed):
		s.mute.Store(u, nil)
		return r, nil
	}
	return proven, s.forgetGone(u, failed)
}

// isMute reports whether an upload takes its own checksum alone, and states none.
func (s *Store) isMute(u sender.Upload) bool {
	_, mute := s.mute.Load(u)
	return mute
}

// forget drops what is known of an upload.
func (s *Store) forget(u sender.Upload) {
	s.uploads.Delete(u)
	s.mute.Delete(u)
}

func (s *Store) part(ctx context.Context, c *call, a hasher.Algorithm) (sender.Receipt, error) {
	c.header = c.room[:0]
	return s.deliver(ctx, c, a)
}

// Abort ends an upload. One that is gone is what was wanted.
func (s *Store) Abort(ctx context.Context, u sender.Upload) error {
	c := &call{op: "abort upload", key: u.Key, method: http.MethodDelete, query: string(uploadQuery(nil, u))}
	_, err := s.exchange(ctx, c)
	if err != nil && !errors.Is(err, sender.ErrNoSuchUpload) {
		return err
	}
	s.forget(u)
	return nil
}

// uploadQuery appends "uploadId=…" to a query whose names all sort before it.
func uploadQuery(b []byte, u sender.Upload) []byte {
	return wire.AppendEscaped(append(b, "uploadId="...), u.ID, false)
}

// algorithmOf returns the checksum that the parts of an upload go with. Of an upload of an earlier run the store is
// asked; one that was begun without a checksum takes MD5.
func (s *Store) algorithmOf(ctx context.Context, u sender.Upload) (hasher.Algorithm, error) {
	if a, ok := s.known(u); ok {
		return a, nil
	}
	if _, err := s.partsPage(ctx, u, 0, 1); err != nil {
		return hasher.None, err
	}
	if a, ok := s.known(u); ok {
		return a, nil
	}
	return hasher.MD5, nil // aborted meanwhile: the next request will say so
}

// known returns the checksum of an upload that is remembered.
func (s *Store) known(u sender.Upload) (hasher.Algorithm, bool) {
	a, ok := s.uploads.Load(u)
	if !ok {
		return hasher.None, false
	}
	return a.(hasher.Algorithm), true
}

// learn keeps what a listing says of the checksum that an upload was begun with, unless it is known already. Stores
// that do not name it may still show it at the parts.
func (s *Store) learn(u sender.Upload, page *partsPageXML) {
	a := algorithmNamed(page.Algorithm)
	if page.Algorithm == "" && len(page.Parts) > 0 {
		a = page.Parts[0].best().Algorithm
	}
	if a != hasher.CRC64NVME && a != hasher.CRC32C {
		a = hasher.MD5
	}
	s.uploads.LoadOrStore(u, a)
}

// forgetGone drops what is known of an upload that the store no longer has, and returns the error as it is.
func (s *Store) forgetGone(u sender.Upload, err error) error {
	if errors.Is(err, sender.ErrNoSuchUpload) {
		s.forget(u)
	}
	return err
}

// renamed gives the error of a question on the way the name of the call that asked it.
func (c *call) renamed(err error) error {
	if e, ok := errors.AsType[*sender.Error](err); ok {
		e.Op, e.Part = c.op, c.part
	}
	return err
}
