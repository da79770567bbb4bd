package wire

import (
	"net"
	"sync/atomic"
	"testing"

	"github.com/ingest-dev/ingest/sender"
)

// Keys and metadata come from a manifest: none of them may end its line and begin another.
func TestNoValueAddsALineToARequest(t *testing.T) {
	var heard atomic.Int64
	u := serve(t, func(c *net.TCPConn) {
		hear(c)
		heard.Add(1)
		say(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	})
	c := client(t, Options{})
	for name, change := range map[string]func(r *Request){
		"nothing":            func(*Request) {},
		"line feed":          func(r *Request) { r.Header.Set("X", "a\nY: b") },
		"carriage return":    func(r *Request) { r.Header.Set("X", "a\rY: b") },
		"NUL":                func(r *Request) { r.Header.Set("X", "a\x00") },
		"name":               func(r *Request) { r.Header.Set("X\r\nY", "a") },
		"empty name":         func(r *Request) { r.Header.Set("", "a") },
		"path with a blank":  func(r *Request) { r.URL.RawPath = "/a HTTP/1.1\r\nY: b" },
		"query with a blank": func(r *Request) { r.URL.RawQuery = "a b" },
	} {
		to := *u
		r := &Request{Method: "PUT", URL: &to, Op: "put object", Key: "k"}
		change(r)
		before := heard.Load()
		_, err := c.Do(t.Context(), r)
		if sent := heard.Load() > before; sent != (name == "nothing") || sent != (err == nil) {
			t.Errorf("%s: sent %v, %v", name, sent, err)
		}
		if err != nil {
			failed(t, err, sender.GiveUp, false)
		}
	}
}
