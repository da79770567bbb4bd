package judge

import (
	"errors"
	"net/http"
	"strconv"
	"sync/atomic"
)

// ErrInjected is returned when a [Fault] strikes.
var ErrInjected = errors.New("injected fault")

// Fault is a transport that loses one part's request for as long as it is armed, and counts the parts it sends.
type Fault struct {
	http.RoundTripper
	Part  int
	Armed atomic.Bool
	Sent  atomic.Int64
}

// NewFault arms a fault for a part between a client and its transport.
func NewFault(a *Access, part int) *Fault {
	f := &Fault{RoundTripper: a.HTTP.Transport, Part: part}
	f.Armed.Store(true)
	a.HTTP = &http.Client{Transport: f}
	return f
}

// RoundTrip sends the request, unless it carries the part.
func (f *Fault) RoundTrip(r *http.Request) (*http.Response, error) {
	number := r.URL.Query().Get("partNumber")
	if number != "" && f.Armed.Load() && number == strconv.Itoa(f.Part) {
		return nil, ErrInjected
	}
	if number != "" {
		f.Sent.Add(1)
	}
	return f.RoundTripper.RoundTrip(r)
}
