package oss

import (
	"net/http"
	"strconv"

	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// The least and the most that a request may ask to be slowed to, in bits a second.
const (
	trafficLeast = 819_200
	trafficMost  = 838_860_800
)

// limited has the content of r, and of the answer to it, pass as slowly as r asks for in a header or in the query.
func limited(w http.ResponseWriter, r *wire.Request) (http.ResponseWriter, error) {
	const name = "x-oss-traffic-limit"
	text := r.Header.Get(name)
	if text == "" {
		text = r.Query.Get(name)
	}
	if text == "" {
		return w, nil
	}
	bits, err := strconv.ParseInt(text, 10, 64)
	if err != nil || bits < trafficLeast || bits > trafficMost {
		return w, refusals.Argument(name, text)
	}
	r.Content = wire.PacedReader(r.Context(), r.Content, bits/8)
	return wire.PacedWriter(r.Context(), w, bits/8), nil
}
