package s3

import (
	"net/http"
	"sync/atomic"
	"time"

	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// skewLimit is how far the clocks may be apart before a refusal is blamed on them. S3 allows 15 minutes;
// other stores less.
const skewLimit = 4 * time.Minute

// clock tells the time as the store sees it. The zero value trusts the machine's.
type clock struct {
	offset atomic.Int64 // store's minus ours, in nanoseconds
}

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.offset.Load())) }

// learn takes the store's time out of an answer to a request signed at that time. It reports whether the request's
// own time was wrong, so that the next one, signed by the corrected clock, can fare better.
func (c *clock) learn(h wire.Header, signedAt time.Time) bool {
	store, err := http.ParseTime(h.Get("Date"))
	if err != nil || store.Sub(signedAt).Abs() < skewLimit {
		return false
	}
	c.offset.Store(int64(time.Until(store)))
	return true
}
