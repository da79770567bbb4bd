package sender

import "time"

// DefaultRetries is how often one request is tried again that the store answers with a failure, or that it alone
// leaves without an answer. With waits of up to 0.2, 0.4, ... 20 s, half of that on average, eight of them last some
// 23 s: long enough for a load balancer to lose a machine. A store that answers nobody is [DefaultOutage]'s matter,
// one that throttles [DefaultPatience]'s.
const DefaultRetries = 8

// MaxRetryAfter is the longest wait that a store's answer can impose. A store that asks for more is tried again
// then: a wrong header must not put a run to sleep until tomorrow.
const MaxRetryAfter = 5 * time.Minute

// Options is what all stores have in common. The zero value is useful.
type Options struct {
	// Retries is how often one request is tried again after the first try. 0 means DefaultRetries, less than 0 none.
	// Tries during an outage do not count, nor do those that are throttled. Requests under [WithBudget] share another.
	Retries int

	// Outage is how long a request waits for a store that answers nobody, from its first try that failed without an
	// answer. Until then it is tried again whatever Retries says; then its error is a StopRun. 0 means DefaultOutage,
	// less than 0 none: tries without an answer count as all others, and so they do where there are no Retries.
	Outage time.Duration

	// Patience is how long a store is borne that throttles every request of the run, without serving one. Until then
	// they are tried again whatever Retries says, at a pace that the store takes; then their error is a StopRun.
	// A request that alone is throttled for so long pays with its retries from then on. 0 means DefaultPatience, less
	// than 0 none: throttled tries count as all others, and so they do where there are no Retries.
	Patience time.Duration

	// Quit, once closed, ends the trying again, for a run that is to end soon and tidily: what is on its way finishes,
	// and what waits - for its next try, or to be sent at all - fails at once with [ErrQuitting] and what had failed
	// before. A first try that need not wait is made. Nil never closes.
	Quit <-chan struct{}

	// BytesPerSecond bounds the payload of the whole run. 0 means no limit.
	BytesPerSecond int64

	// RequestsPerSecond bounds the requests of the whole run, tries again included. 0 means no limit.
	RequestsPerSecond float64

	// Counters is where the run is counted. Nil counts for nobody.
	Counters *Counters
}

func (o Options) withDefaults() Options {
	if o.Retries == 0 {
		o.Retries = DefaultRetries
	}
	o.Retries = max(o.Retries, 0)
	if o.Outage == 0 {
		o.Outage = DefaultOutage
	}
	if o.Outage < 0 || o.Retries == 0 {
		o.Outage = 0
	}
	if o.Patience == 0 {
		o.Patience = DefaultPatience
	}
	if o.Patience < 0 || o.Retries == 0 {
		o.Patience = 0
	}
	if o.Counters == nil {
		o.Counters = new(Counters)
	}
	return o
}

// Stack puts what all stores have in common on top of s. It is called once for a run: limits and pauses hold for
// all who share the result. An [UploadLister] below stays within reach of [Lister].
func Stack(s Store, o Options) Store {
	o = o.withDefaults()
	s = &verify{Store: s}
	s = &count{Store: s, counters: o.Counters}
	s = newLimit(s, o)
	return newRetry(s, o)
}

// decorator is what every layer of a stack is: a Store with another below.
type decorator interface{ Unwrap() Store }

// listing is a decorator with a share in the listing of uploads too.
type listing interface {
	lister(below UploadLister) UploadLister
}

// Lister returns what lists the open uploads of s, which may be a stack; false if the store at its foot cannot.
// Foreign decorators are seen through if they have a method Unwrap() Store.
func Lister(s Store) (UploadLister, bool) {
	if l, ok := s.(UploadLister); ok {
		return l, true
	}
	d, ok := s.(decorator)
	if !ok {
		return nil, false
	}
	l, ok := Lister(d.Unwrap())
	if !ok {
		return nil, false
	}
	if d, ok := s.(listing); ok {
		l = d.lister(l)
	}
	return l, true
}
