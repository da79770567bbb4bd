package s3

import (
	"context"
	"errors"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// codeConditionalConflict is answered to a conditional request while another one on the same key is being served:
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html.
const codeConditionalConflict = "ConditionalRequestConflict"

// onlyNew makes a request fail where there is an object. If this very call has made one already, whose ETag is made, it
// is to be replaced, and no other.
func onlyNew(h *wire.Header, o *sender.Object, made string) {
	switch {
	case !o.OnlyNew:
	case made == "":
		set(h, "If-None-Match", "*")
	default:
		set(h, "If-Match", `"`+made+`"`)
	}
}

// leftBehind says of the error of a Put that an earlier request of it has made an object, unless that is another's by now.
func leftBehind(err error, made string) error {
	e, ok := errors.AsType[*sender.Error](err)
	if ok && made != "" && !errors.Is(err, sender.ErrExists) {
		e.Stored = true
	}
	return err
}

// occupied reports whether there is an object for sure. S3 takes no condition when an upload is begun, and its parts
// would travel for nothing. Who may not ask finds out by Complete.
func (s *Store) occupied(ctx context.Context, key string) bool {
	_, err := s.Head(ctx, key)
	return err == nil
}

func exists(op, key string) error {
	return &sender.Error{Op: op, Key: key, Kind: sender.GiveUp, Err: sender.ErrExists}
}

func checkCallback(o *sender.Object) error {
	if o.Callback != "" {
		return errors.New("callback: an S3 store makes none")
	}
	return nil
}
