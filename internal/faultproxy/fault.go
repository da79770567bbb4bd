package faultproxy

import (
	"math"
	"time"
)

// Fault is what goes wrong with one connection. The zero Fault is nothing.
//
// A number of bytes that ends something counts what was passed on that way; the other side has all of them before
// the end comes. 0 means never, and a negative number means at the first byte, which is not passed on: ResetDown -1
// is a request that was carried out and whose answer is lost.
type Fault struct {
	Refuse  bool          // reset at once, without a connection to the target
	Latency time.Duration // each way, for each read
	Rate    int           // bytes a second each way; 0: no limit
	Link    *Link         // a rate that connections share; nil: none
	Slice   int           // most bytes a write, each way; 0: no limit

	ResetUp, ResetDown int64 // reset (RST) both sides after so many bytes towards the target, towards the client
	CloseDown          int64 // FIN towards the client after so many bytes of answers; the way up stays open
	StallUp, StallDown int64 // after so many bytes nothing moves any more that way, and the connection stays open
}

// ending is how a direction ends, and after how many bytes.
type ending struct {
	after int64
	how   how
}

type how uint8

const (
	byItself how = iota
	byReset
	byClose
	byStall
)

// up and down return which ending comes first; of two at the same byte the louder one.
func (f Fault) up() ending {
	return first(ending{f.ResetUp, byReset}, ending{f.StallUp, byStall})
}

func (f Fault) down() ending {
	return first(ending{f.ResetDown, byReset}, ending{f.CloseDown, byClose}, ending{f.StallDown, byStall})
}

func first(of ...ending) ending {
	found := ending{math.MaxInt64, byItself}
	for _, e := range of {
		if e.after != 0 && max(e.after, 0) < found.after {
			found = ending{max(e.after, 0), e.how}
		}
	}
	return found
}
