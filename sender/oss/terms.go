package oss

import (
	"fmt"
	"strconv"

	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// terms are what requests state besides their object: who pays, and how fast it may be.
type terms struct {
	payer string
	limit string // of bits a second, in decimal; empty: none
}

// Bounds of a traffic limit, in bits a second.
// https://www.alibabacloud.com/help/en/oss/user-guide/single-connection-bandwidth-throttling-4
const (
	minTraffic = 819_200
	maxTraffic = 838_860_800
)

// newTerms checks the options that a request's terms are made of.
func newTerms(o Options) (t terms, err error) {
	if o.RequestPayer != "" && o.RequestPayer != "requester" {
		return t, fmt.Errorf("request payer %q: OSS knows requester alone", o.RequestPayer)
	}
	t.payer = o.RequestPayer
	switch {
	case o.TrafficLimit == 0:
	case o.TrafficLimit < minTraffic || o.TrafficLimit > maxTraffic:
		return t, fmt.Errorf("traffic limit of %d bits a second: OSS takes %d to %d", o.TrafficLimit, minTraffic, maxTraffic)
	default:
		t.limit = strconv.FormatInt(o.TrafficLimit, 10)
	}
	return t, nil
}

// state adds the terms to a request. The limit is for those that carry an object's bytes.
func (t terms) state(h *wire.Header, carries bool) {
	set(h, headerPayer, t.payer)
	if carries {
		set(h, headerLimit, t.limit)
	}
}
