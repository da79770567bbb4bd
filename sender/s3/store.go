package s3

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/internal/wire"
)

var (
	_ sender.Store        = (*Store)(nil)
	_ sender.UploadLister = (*Store)(nil)
)

// Store keeps objects in a bucket. It may be used from many goroutines at once. [New] makes one, and Close ends it.
type Store struct {
	bucket  string
	address address
	client  *wire.Client
	keys    *keyring
	signer  signer
	clock   clock

	payer        string       // that requests state; empty: none
	customer     *CustomerKey // nil: none
	sums         negotiation
	signPayloads atomic.Bool // the endpoint wants the SHA-256 of payloads
	uploads      sync.Map    // sender.Upload -> hasher.Algorithm that it was begun with; MD5 if with none
	mute         sync.Map    // sender.Upload of those that take their checksum alone, and state none
}

// String returns the bucket's URL.
func (s *Store) String() string { return "s3://" + s.bucket }

// Close closes the connections that are kept. Calls under way end by themselves.
func (s *Store) Close() { s.client.Close() }

// Wire returns the checksum that the endpoint compares, as far as its answers have shown.
func (s *Store) Wire() hasher.Algorithm { return s.sums.current() }

// Put stores a whole object in one request, of at most 5 GiB. The receipt's checksum is what the store states; with
// MD5 it is the ETag, where that is an MD5. While the endpoint's checksum is being settled, it takes up to three requests.
func (s *Store) Put(ctx context.Context, o *sender.Object, p sender.Payload) (r sender.Receipt, err error) {
	c := &call{op: "put object", key: o.Key, method: http.MethodPut, payload: &p, keyed: true, hidden: keptByKMS(o.Encryption)}
	made := "" // the ETag of what an earlier try has made, though the endpoint did not compare it
	err = s.sums.negotiate(func(a hasher.Algorithm) (bool, error) {
		c.header = properties(c.room[:0], o)
		onlyNew(&c.header, o, made)
		r, err = s.deliver(ctx, c, a)
		made = cmp.Or(r.ETag, made)
		return !r.Checksum.IsZero(), err
	})
	return r, leftBehind(err, made)
}

// deliver sends a payload with its checksum, and compares what the store states of it.
func (s *Store) deliver(ctx context.Context, c *call, a hasher.Algorithm) (sender.Receipt, error) {
	sent, err := s.checksum(c, a)
	if err != nil {
		return sender.Receipt{}, err
	}
	setChecksum(&c.header, sent)
	answer, err := s.exchange(ctx, c)
	if err != nil {
		return sender.Receipt{}, err
	}
	r, err := c.receipt(answer, answer.Header.Get("Etag"))
	if err != nil {
		return sender.Receipt{}, err
	}
	r.Checksum = s.stated(c, answer.Header, a)
	if !r.Checksum.IsZero() && r.Checksum != sent {
		return sender.Receipt{}, c.mismatch(answer, r.Checksum, sent)
	}
	return r, nil
}

// errChanged is returned when bytes are not those that their checksums were taken of: a mapped source changed.
var errChanged = errors.New("the bytes changed after they were hashed")

// checksum returns the sum to send with a payload. One that the payload does not carry is taken now, and must be of
// the same bytes as the others.
func (s *Store) checksum(c *call, a hasher.Algorithm) (hasher.Checksum, error) {
	p := c.payload
	if sum := p.Sums.Get(a); !sum.IsZero() {
		return sum, nil
	}
	carried := p.Sums.Get(hasher.XXH3)
	if carried.IsZero() {
		return sumOf(p, a), nil
	}
	sums := hasher.Sum(p.Data, hasher.SetOf(a, hasher.XXH3))
	if sums.Get(hasher.XXH3) != carried {
		return hasher.Checksum{}, c.failed(sender.TryAgain, fmt.Errorf("%w: %w", sender.ErrCorrupt, errChanged))
	}
	return sums.Get(a), nil
}
