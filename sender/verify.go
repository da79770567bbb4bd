package sender

import (
	"context"
	"fmt"

	"github.com/ingest-dev/ingest/hasher"
)

// verify lets no receipt pass whose checksum contradicts ours. Where one side is not known, or the algorithms
// differ, there is nothing to compare: the receipt passes as it is, and its reader sees that it proves nothing.
type verify struct{ Store }

func (v *verify) Unwrap() Store { return v.Store }

func (v *verify) Put(ctx context.Context, o *Object, p Payload) (Receipt, error) {
	r, err := v.Store.Put(ctx, o, p)
	if err != nil {
		return r, err
	}
	return compare(r, p.Sums.Get(r.Checksum.Algorithm), call{op: opPut, key: o.Key}, TryAgain)
}

func (v *verify) SendPart(ctx context.Context, u Upload, p Part) (Receipt, error) {
	r, err := v.Store.SendPart(ctx, u, p)
	if err != nil {
		return r, err
	}
	return compare(r, p.Sums.Get(r.Checksum.Algorithm), call{opSendPart, u.Key, p.Number}, TryAgain)
}

// Complete gives up where Put and SendPart try again: the upload is gone, so that the same request cannot repair
// the object. Unless the answer alone is wrong, which retry looks at, who holds the bytes can, by sending the row again;
// errors.Is(err, ErrCorrupt) tells.
func (v *verify) Complete(ctx context.Context, u Upload, o *Object, c Completion) (Receipt, error) {
	r, err := v.Store.Complete(ctx, u, o, c)
	if err != nil {
		return r, err
	}
	return compare(r, c.Whole, call{op: opComplete, key: o.Key}, GiveUp)
}

func compare(r Receipt, ours hasher.Checksum, c call, kind Kind) (Receipt, error) {
	if !contradict(r.Checksum, ours) {
		return r, nil
	}
	return Receipt{}, &Error{
		Op: c.op, Key: c.key, Part: c.part, Kind: kind, Stored: c.part == 0,
		Err: fmt.Errorf("%w: it says %v, sent was %v", ErrCorrupt, r.Checksum, ours),
	}
}

// contradict reports whether a and b are both known, comparable and different.
func contradict(a, b hasher.Checksum) bool {
	return !a.IsZero() && a.Algorithm == b.Algorithm && a != b
}
