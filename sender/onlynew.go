package sender

import (
	"context"
	"errors"
)

// putNew puts an object on condition that there is none, until the store says that it has stored other bytes: what is
// in the way then is what this call has spoilt, and is to be replaced.
func (r *retry) putNew(ctx context.Context, o *Object, p Payload) func() (Receipt, error) {
	own := *o
	return func() (Receipt, error) {
		got, err := r.Store.Put(ctx, &own, p)
		if WasStored(err) {
			own.OnlyNew = false
		}
		return got, err
	}
}

// WasStored reports whether err is of a request that made an object visible, though not the one that was sent,
// or one that nothing proves yet.
func WasStored(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Stored
}

// conflict reports whether err says that another writer's object is there, when the request was not tried before. One
// with a token may be the work of an earlier run, so that only the token tells.
func conflict(err error, known func() proof) bool {
	if !errors.Is(err, ErrExists) {
		return false
	}
	o := known().object
	return o.OnlyNew && valueOf(o.Metadata, TokenKey) == ""
}

// Conditional is a store that does not keep to [Object.OnlyNew] in every bucket.
type Conditional interface {
	// Replaces reports whether the bucket replaces objects in spite of [Object.OnlyNew]. It asks the store.
	Replaces(ctx context.Context) (bool, error)
}

type withoutChecksumKey struct{}

// WithoutChecksum returns a context under which Head need not say a checksum, for stores that would have to read the
// whole object for it.
func WithoutChecksum(ctx context.Context) context.Context {
	return context.WithValue(ctx, withoutChecksumKey{}, true)
}

// WantsChecksum reports whether ctx does not come from [WithoutChecksum].
func WantsChecksum(ctx context.Context) bool { return ctx.Value(withoutChecksumKey{}) == nil }
