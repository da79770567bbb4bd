package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/internal/faultproxy"
	"github.com/ingest-dev/ingest/sender"
)

// ended sends a request, and checks that it ended in time and does not touch its body any more: the race detector
// finds who does.
func ended(t *testing.T, c *Client, r *Request, within time.Duration) (*Response, error) {
	t.Helper()
	begun := time.Now()
	answer, err := c.Do(t.Context(), r)
	clear(r.Body)
	if d := time.Since(begun); d > within {
		t.Errorf("took %v, longer than %v", d, within)
	}
	return answer, err
}

// counted is a store that counts the requests that it got whole.
type counted struct {
	*url.URL
	whole  atomic.Int64
	client *Client
}

const listing = `<?xml version="1.0" encoding="UTF-8"?><Page><Item>a</Item><Item>b</Item></Page>`

func counting(t *testing.T, secure bool) *counted {
	s := &counted{}
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n, err := io.Copy(io.Discard, r.Body); err == nil && n == r.ContentLength {
			s.whole.Add(1)
		}
		w.Header().Set("Content-Type", "application/xml")
		say(w, listing)
	})
	s.URL, s.client = start(t, h, secure)
	return s
}

// spoil puts a proxy before a store; its URL replaces the store's.
func spoil(t *testing.T, u *url.URL, f faultproxy.Fault) *faultproxy.Proxy {
	t.Helper()
	p, err := faultproxy.New(u.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	p.Plan(func(int) faultproxy.Fault { return f })
	u.Host = p.Addr()
	return p
}

// TestConnectionLostAtAnyBytePlain loses the connection before the header, in it, in the body, after the body (the
// request was carried out), in the answer's header, and in its body.
func TestConnectionLostAtAnyBytePlain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		f     faultproxy.Fault
		whole int64
	}{
		"reset in the header":        {faultproxy.Fault{ResetUp: 1}, 0},
		"reset at the header's end":  {faultproxy.Fault{ResetUp: 100}, 0},
		"reset in the body":          {faultproxy.Fault{ResetUp: 70_000}, 0},
		"reset late in the body":     {faultproxy.Fault{ResetUp: 3 << 20}, 0},
		"reset, applied, unanswered": {faultproxy.Fault{ResetDown: -1}, 1},
		"reset in the status line":   {faultproxy.Fault{ResetDown: 5}, 1},
		"reset in the answer's body": {faultproxy.Fault{ResetDown: 150}, 1},
		"FIN, applied, unanswered":   {faultproxy.Fault{CloseDown: -1}, 1},
		"FIN in the status line":     {faultproxy.Fault{CloseDown: 5}, 1},
		"FIN in the answer's body":   {faultproxy.Fault{CloseDown: 150}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := counting(t, false)
			spoil(t, s.URL, c.f)
			_, err := ended(t, s.client, put(s.URL, make([]byte, 4<<20)), 5*time.Second)
			failed(t, err, sender.TryAgain, true)
			unreachable(t, err, false)
			if s.whole.Load() != c.whole {
				t.Errorf("carried out %d times, want %d", s.whole.Load(), c.whole)
			}
		})
	}
}

func TestConnectionLostUnderTLS(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		f    faultproxy.Fault
		sent bool
	}{
		"before the handshake": {faultproxy.Fault{ResetUp: -1}, false},
		"in the handshake":     {faultproxy.Fault{ResetUp: 100}, false},
		"by the store, in it":  {faultproxy.Fault{ResetDown: 100}, false},
		"FIN in the handshake": {faultproxy.Fault{CloseDown: 100}, false},
		"in the body":          {faultproxy.Fault{ResetUp: 1 << 20}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := counting(t, true)
			spoil(t, s.URL, c.f)
			_, err := ended(t, s.client, put(s.URL, make([]byte, 4<<20)), 5*time.Second)
			failed(t, err, sender.TryAgain, c.sent)
			unreachable(t, err, !c.sent)
		})
	}
}

// TestRefusedByAResetSaysOneOrTheOther: the reset comes before or after the kernel has taken the request.
func TestRefusedByAResetSaysOneOrTheOther(t *testing.T) {
	t.Parallel()
	s := counting(t, false)
	spoil(t, s.URL, faultproxy.Fault{Refuse: true})
	for range 20 {
		_, err := ended(t, s.client, put(s.URL, make([]byte, 1000)), 5*time.Second)
		if errors.Is(err, sender.ErrNoAnswer) == errors.Is(err, sender.ErrUnreachable) || sender.KindOf(err) != sender.TryAgain {
			t.Fatalf("got %v", err)
		}
	}
}

func TestWhatStopsMovingEndsInTime(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]faultproxy.Fault{
		"before the header":      {StallUp: -1},
		"in the header":          {StallUp: 50},
		"in the body":            {StallUp: 1 << 20},
		"before the answer":      {StallDown: -1},
		"in the answer's header": {StallDown: 20},
		"in the answer's body":   {StallDown: 150},
		"slow both ways":         {Rate: 1000},
	} {
		for _, secure := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s tls=%v", name, secure), func(t *testing.T) {
				t.Parallel()
				s := counting(t, secure)
				s.client.timeouts.Stall = 150 * time.Millisecond
				s.client.dialer.timeouts.TLS = 100 * time.Millisecond
				spoil(t, s.URL, f)
				_, err := ended(t, s.client, put(s.URL, make([]byte, 4<<20)), 5*time.Second)
				failed(t, err, sender.TryAgain, errors.Is(err, sender.ErrNoAnswer))
				if errors.Is(err, sender.ErrNoAnswer) == errors.Is(err, sender.ErrUnreachable) {
					t.Errorf("says not whether it was sent: %v", err)
				}
				if !secure && !errors.Is(err, errStalled) {
					t.Errorf("got %v, want a stall", err)
				}
			})
		}
	}
}

func TestOneByteAtATimeIsEnough(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{false, true} {
		t.Run(fmt.Sprintf("tls=%v", secure), func(t *testing.T) {
			t.Parallel()
			s := counting(t, secure)
			spoil(t, s.URL, faultproxy.Fault{Slice: 1})
			for range 3 {
				answer, err := ended(t, s.client, put(s.URL, make([]byte, 10_000)), 10*time.Second)
				if err != nil {
					t.Fatal(err)
				}
				var p page
				if err := DecodeXML(answer.Body, &p); err != nil || fmt.Sprint(p.Item) != "[a b]" {
					t.Fatalf("got %v, %v", p, err)
				}
			}
			if s.whole.Load() != 3 {
				t.Errorf("%d requests came whole", s.whole.Load())
			}
		})
	}
}

// TestManyConnectionsOnASlowLinkLive has the margin of 64 connections at 8 KB/s and the default timeouts, in less time:
// each has seven times what it must move, and lasts longer than the window.
func TestManyConnectionsOnASlowLinkLive(t *testing.T) {
	s := counting(t, false)
	s.client.timeouts.Stall, s.client.timeouts.StallBytes = 2*time.Second, 32<<10
	spoil(t, s.URL, faultproxy.Fault{Link: faultproxy.NewLink(64 * 7 * 16 << 10)})
	errs := make(chan error, 64)
	for range cap(errs) {
		go func() {
			_, err := s.client.Do(t.Context(), put(s.URL, make([]byte, 280<<10)))
			errs <- err
		}()
	}
	for range cap(errs) {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

func TestOutageEndsWithTheNetwork(t *testing.T) {
	t.Parallel()
	s := counting(t, false)
	p := spoil(t, s.URL, faultproxy.Fault{})
	for range 3 {
		if _, err := ended(t, s.client, put(s.URL, make([]byte, 1000)), 5*time.Second); err != nil {
			t.Fatal(err)
		}
		p.Down(true)
		for range 5 {
			_, err := ended(t, s.client, put(s.URL, make([]byte, 1000)), 5*time.Second)
			if sender.KindOf(err) != sender.TryAgain {
				t.Fatalf("got %v", err)
			}
		}
		p.Down(false)
	}
}

// TestBodyOfManyPiecesSurvivesSlices compares what came: the pieces, the header and the slices are all of other sizes.
func TestBodyOfManyPiecesSurvivesSlices(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(echo))
	defer srv.Close()
	u, err := url.Parse(srv.URL + "/")
	if err != nil {
		t.Fatal(err)
	}
	spoil(t, u, faultproxy.Fault{Slice: 7919, Latency: time.Microsecond})
	body := bytes.Repeat([]byte("0123456789abcdef!"), (3<<20)/17)
	a, err := client(t, Options{}).Do(t.Context(), put(u, body))
	if err != nil || !bytes.Equal(a.Body, body) {
		t.Fatalf("got %d bytes, %v", len(a.Body), err)
	}
}
