package oss

import (
	"net/http"
	"sync/atomic"
	"time"

	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// clock is the time that the store has. OSS refuses what is signed more than 15 minutes off, and says its own time in
// the refusal: from then on requests are signed by that.
type clock struct {
	now    func() time.Time
	offset atomic.Int64 // nanoseconds that the store is ahead
}

func (c *clock) Now() time.Time { return c.now().Add(time.Duration(c.offset.Load())) }

// learn takes the store's time over from an answer: from the body if that states it, else from the Date header.
// The time on the way makes it a little late, which does not matter.
func (c *clock) learn(serverTime string, h wire.Header) {
	at, err := time.Parse(time.RFC3339, serverTime)
	if err != nil {
		at, err = http.ParseTime(h.Get(headerDate))
	}
	if err == nil {
		c.offset.Store(int64(at.Sub(c.now())))
	}
}
