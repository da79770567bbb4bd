package bench

import "sync"

// unit is what one request sends: a part of an object, or all of it.
type unit struct {
	object *object
	number int // of the part, from 1
	off, n int64
}

// queue hands out units, so that each flow has its share at any time, until it is closed or the bytes are spent.
type queue struct {
	make func(item Item) *object // makes an object, and begins to open it where that takes time
	keep int                     // parts that should be open ahead of those that are being sent

	mu    sync.Mutex
	flows []*flow
	left  int64 // bytes that may still be handed out
	ended bool
}

// flow is how far a Flow is.
type flow struct {
	Flow
	made   int       // items
	given  float64   // bytes and requests
	number int       // of the part given last
	ahead  []*object // the first one is being given out
}

func newQueue(w Work, left int64, keep int, makeObject func(Item) *object) *queue {
	q := &queue{make: makeObject, keep: keep, left: left}
	for _, f := range w {
		q.flows = append(q.flows, &flow{Flow: f})
	}
	return q
}

// next returns the next unit of the flow that lags most, or false at the end.
func (q *queue) next() (unit, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.ended {
		return unit{}, false
	}
	least := q.flows[0]
	for _, f := range q.flows[1:] {
		if f.given*least.Weight < least.given*f.Weight {
			least = f
		}
	}
	u := least.next(q)
	if q.left -= u.n; q.left < 0 {
		q.ended = true
		return unit{}, false
	}
	return u, true
}

// close makes next return false from now on.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ended = true
}

func (f *flow) next(q *queue) unit {
	for len(f.ahead) == 0 || f.parts() < q.keep && f.opens(q) {
		item := f.Items[f.made%len(f.Items)]
		f.ahead = append(f.ahead, q.make(item))
		f.made++
	}
	o := f.ahead[0]
	f.number++
	u := unit{object: o, number: f.number}
	u.off, u.n = o.layout(f.number)
	f.given += float64(u.n) + perRequest
	if f.number == o.parts {
		f.ahead, f.number = f.ahead[1:], 0
	}
	return u
}

// parts is how many are open ahead.
func (f *flow) parts() int {
	n := -f.number
	for _, o := range f.ahead {
		n += o.parts
	}
	return n
}

// opens reports whether the objects of the flow are worth to be opened ahead, and may be.
func (f *flow) opens(q *queue) bool { return f.ahead[0].opened != nil && len(f.ahead) < q.keep }
