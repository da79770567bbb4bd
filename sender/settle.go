package sender

import (
	"context"
	"crypto/md5" // ETags are MD5 digests; nothing is kept secret or signed with it
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ingest-dev/ingest/hasher"
)

// TokenKey is the metadata key under which an object may carry a token of 128 random bits, in hex. It is for
// stores that offer no checksum of the whole: with it, [Settle] knows an object for the one that was sent.
const TokenKey = "ingest-token"

// clockGrain is how finely stores tell when an object was modified: HTTP dates have whole seconds.
const clockGrain = time.Second

// Settle asks a store whether what it holds under o.Key is the object o, whose answer was lost or whose upload is
// gone. It returns true and a receipt made of what the store says if that is so, and false if it is not, or cannot
// be told. The error says that the question found no answer.
//
// The object must have o's size. Of the following, the first that applies decides:
//
//  1. The store says a checksum of whole's algorithm: they are equal, or not. Metadata that o has must be there too,
//     so that an older object of the same bytes is not taken for the one with the new metadata.
//  2. o carries a token under TokenKey: the stored object carries the same, or not.
//  3. whole is an MD5 and the object's ETag is the same: yes. (A different ETag says nothing.)
//  4. notBefore is not zero: the object was modified then or later, within a second. This proves neither the bytes
//     nor, where clocks differ, the writer. The receipt has no checksum, so that the object counts as unverified.
//     S3 states the moment when the upload began: only a notBefore from before Begin fits every store.
//
// Otherwise the answer is no. A wrong no costs work, a wrong yes would cost the object.
func Settle(ctx context.Context, s Store, o *Object, whole hasher.Checksum, notBefore time.Time) (Receipt, bool, error) {
	known := proof{object: o, whole: []hasher.Checksum{whole}, etag: etagOf(whole), notBefore: notBefore}
	return settle(ctx, s, known)
}

// proof is what an object is known by.
type proof struct {
	object    *Object
	whole     []hasher.Checksum // of the whole, in any of these algorithms
	etag      string            // the only ETag that proves it; empty if there is none
	notBefore time.Time
}

// proofOfPut returns what is known of an object of one payload.
func proofOfPut(o *Object, p Payload) proof {
	known := proof{object: o, etag: etagOf(p.Sums.Get(hasher.MD5))}
	for a := hasher.XXH3; a <= hasher.SHA256; a++ {
		if c := p.Sums.Get(a); !c.IsZero() {
			known.whole = append(known.whole, c)
		}
	}
	return known
}

// proofOfCompletion returns what is known of an object of parts.
func proofOfCompletion(o *Object, c Completion) proof {
	return proof{object: o, whole: []hasher.Checksum{c.Whole}, etag: etagOfParts(c.Parts)}
}

func etagOf(c hasher.Checksum) string {
	if c.Algorithm != hasher.MD5 {
		return ""
	}
	return c.Hex()
}

// etagOfParts returns the ETag that S3 and most stores of its dialect give an object of these parts: the MD5 of their
// MD5s, and their number. It is empty if an ETag is no MD5.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
func etagOfParts(parts []StoredPart) string {
	h := md5.New()
	for _, p := range parts {
		digest, err := hex.DecodeString(p.ETag)
		if err != nil || len(digest) != md5.Size {
			return ""
		}
		h.Write(digest)
	}
	return fmt.Sprintf("%x-%d", h.Sum(nil), len(parts))
}

func settle(ctx context.Context, s Store, known proof) (Receipt, bool, error) {
	info, err := s.Head(ctx, known.object.Key)
	switch {
	case errors.Is(err, ErrNotFound):
		return Receipt{}, false, nil
	case err != nil:
		return Receipt{}, false, err
	case !known.holds(info):
		return Receipt{}, false, nil
	}
	return settled(known.object, info), true, nil
}

// settled is the receipt of an object that is there, whatever was answered when it was made.
func settled(o *Object, info Info) Receipt {
	return Receipt{ETag: info.ETag, VersionID: info.VersionID, Checksum: info.Checksum, Callback: unheard(o)}
}

// holds reports whether info is of the object that is known; see Settle.
func (known proof) holds(info Info) bool {
	o := known.object
	if info.Size != o.Size {
		return false
	}
	for _, c := range known.whole {
		if !c.IsZero() && c.Algorithm == info.Checksum.Algorithm {
			return c == info.Checksum && carries(info.Metadata, o.Metadata)
		}
	}
	if token := o.Metadata[TokenKey]; token != "" {
		return valueOf(info.Metadata, TokenKey) == token
	}
	if known.etag != "" && strings.EqualFold(known.etag, info.ETag) {
		return carries(info.Metadata, o.Metadata)
	}
	return !known.notBefore.IsZero() && !info.Modified.Before(known.notBefore.Truncate(clockGrain))
}

// carries reports whether all of wanted is in metadata.
func carries(metadata, wanted map[string]string) bool {
	for k, v := range wanted {
		if valueOf(metadata, k) != v {
			return false
		}
	}
	return true
}

// valueOf returns the value of a key in any case: metadata are HTTP headers, whose case stores do not keep.
func valueOf(metadata map[string]string, key string) string {
	if v, ok := metadata[key]; ok {
		return v
	}
	for k, v := range metadata {
		if strings.EqualFold(k, key) {
			return v
		}
	}
	return ""
}

// certain makes try one that is not repeated before the store has said what became of it: an answer that was lost, or
// that leaves open if an earlier try was carried out, is turned into what the store holds. Where the question finds no
// answer either, the next try is the question alone: what may be there already is not sent again, and an upload that
// may be completed is not taken for one that is gone.
func (r *retry) certain(
	ctx context.Context, c call, try func() (Receipt, error), known func() proof,
) func() (Receipt, error) {
	var state struct {
		doubt error // the answer that is to be settled; nil: none is
		again bool  // the call was tried before
	}
	return func() (Receipt, error) {
		if state.doubt != nil {
			if found, done, err := r.ask(ctx, c, known()); done {
				return found, err
			}
			if !errors.Is(state.doubt, ErrNoAnswer) {
				return Receipt{}, state.doubt
			}
			state.doubt = nil // it was not carried out: this try does it
		}
		got, err := try()
		first := !state.again
		state.again = true
		if !unclear(err) || ctx.Err() != nil || first && conflict(err, known) {
			return got, err
		}
		state.doubt = err
		if found, done, err := r.ask(ctx, c, known()); done {
			return found, err
		}
		state.doubt = nil
		return Receipt{}, err
	}
}

// ask asks the store once what became of a request. It is done with a receipt if the request was carried out, and with
// an error if there is no telling; it is not done if the request was not carried out.
func (r *retry) ask(ctx context.Context, c call, known proof) (found Receipt, done bool, err error) {
	found, same, err := settle(ctx, r.Store, known)
	r.pulse.hear(ctx, err)
	switch {
	case same:
		r.counters.Settled.Add(1)
		return found, true, nil
	case err != nil:
		return Receipt{}, true, c.undecided(err)
	}
	return Receipt{}, false, nil
}

// reconsider asks what is stored in truth, when the answer to a Complete says that it is not what was sent: if the
// answer is what is wrong, the object need not travel again. Who cannot tell is left with the error.
func (r *retry) reconsider(ctx context.Context, o *Object, whole hasher.Checksum, spoilt error) (Receipt, error) {
	info, err := r.Head(ctx, o.Key)
	if err != nil || info.Size != o.Size || info.Checksum != whole || !carries(info.Metadata, o.Metadata) {
		return Receipt{}, spoilt
	}
	r.counters.Settled.Add(1)
	got := settled(o, info)
	if e, ok := errors.AsType[*Error](spoilt); ok {
		got.Attempts = e.Attempts
	}
	return got, nil
}

// unclear reports whether err leaves open if the object is there. An upload that is gone, and an object that is in
// the way, may be the work of an earlier try.
func unclear(err error) bool {
	return errors.Is(err, ErrNoAnswer) || errors.Is(err, ErrNoSuchUpload) || errors.Is(err, ErrExists)
}

// undecided returns the error of a request that may have been carried out, and could not be asked about. It does not
// say that the upload is gone: whoever believed that would send everything again.
func (c call) undecided(asked error) error {
	return &Error{
		Op: c.op, Key: c.key, Kind: KindOf(asked), Throttle: throttled(asked), RetryAfter: retryAfter(asked), Status: statusOf(asked),
		Err: fmt.Errorf("%w, and asking for it failed: %w", ErrNoAnswer, asked),
	}
}

// statusOf returns the HTTP status of an error; 0: it has none.
func statusOf(err error) int {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Status
	}
	return 0
}
