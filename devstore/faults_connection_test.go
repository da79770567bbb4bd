package devstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/devstore/fault"
)

// isReset reports whether the other side broke the connection, and did not end it.
func isReset(err error) bool { return errors.Is(err, syscall.ECONNRESET) }

// isBroken reports whether the connection was broken while the client was still sending. Which of its hands finds out
// first decides what net/http says of it.
func isBroken(err error) bool {
	return isReset(err) || errors.Is(err, syscall.EPIPE) || errors.Is(err, net.ErrClosed)
}

func TestStalledRequestIsHeldUntilItsClientGoes(t *testing.T) {
	for name, size := range map[string]int{"no body": 0, "small body": 1000, "large body": 32 << 20} {
		t.Run(name, func(t *testing.T) {
			o := options(t)
			o.Faults = fault.NewScript(1, fault.Rule{Times: 1, Fault: fault.Fault{Stall: true}})
			s, err := New(o)
			if err != nil {
				t.Fatal(err)
			}
			over := make(chan struct{}, 1)
			h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				defer func() { over <- struct{}{} }()
				s.ServeHTTP(w, r)
			}))
			defer http.DefaultClient.CloseIdleConnections()
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			request := client{t: t, base: h.URL, sign: signOSS}.request("PUT", "/demo/k", "", make([]byte, size))
			if _, err := http.DefaultClient.Do(request.WithContext(ctx)); !errors.Is(err, context.DeadlineExceeded) { //nolint:bodyclose // there is no answer
				t.Errorf("the stalled request came to %v", err)
			}
			if size <= 1000 { // the end of a client that has more to send is seen late
				<-over
			}
			h.Close()
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestClosedServerEndsWhatFaultsHoldUp(t *testing.T) {
	for name, f := range map[string]fault.Fault{"stall": {Stall: true}, "delay": {Delay: time.Hour}, "trickle": {Trickle: 1}} {
		t.Run(name, func(t *testing.T) {
			o := options(t)
			o.Faults = fault.NewScript(1, fault.Rule{Fault: f})
			s, err := New(o)
			if err != nil {
				t.Fatal(err)
			}
			h := httptest.NewServer(s)
			defer http.DefaultClient.CloseIdleConnections()
			var sending sync.WaitGroup
			sending.Go(func() {
				response, err := http.DefaultClient.Do(client{t: t, base: h.URL, sign: signOSS}.request("GET", "/demo/k", "", nil))
				if err == nil {
					_ = response.Body.Close()
				}
			})
			for o.Faults.Struck()[0] == 0 {
				time.Sleep(time.Millisecond)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			sending.Wait()
			h.Close()
		})
	}
}

func TestBodyIsCutWhereTheRuleSays(t *testing.T) {
	rehearsed(t, func(t *testing.T, r mishap) {
		for _, k := range []int64{-1, 1, 100_000, 1 << 40} {
			r.once(fault.Fault{CutBody: k})
			if a, err := r.try("PUT", "/demo/k", pattern(4<<20)); !isBroken(err) {
				t.Errorf("cut at %d, the answer was %v, %v", k, a.Response, err)
			}
			r.struck(1)
			r.do("HEAD", "/demo/k", nil).ok(404)
		}
		r.once(fault.Fault{CutBody: 1})
		if _, err := r.try("GET", "/demo", nil); !isReset(err) {
			t.Errorf("a request without a body came to %v", err)
		}
	})
}

// The body is counted as it comes over the wire, so a raw connection tells how much of it was read before the reset.
func TestBodyIsNotCutEarlier(t *testing.T) {
	o := options(t)
	o.Faults = fault.NewScript(1, fault.Rule{Fault: fault.Fault{CutBody: 1000}})
	_, h := start(t, o)
	conn, err := net.Dial("tcp", h.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	fmt.Fprintf(conn, "PUT /demo/k HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n%s", strings.Repeat("x", 999))
	if err := conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, context.DeadlineExceeded) && !isTimeout(err) {
		t.Fatalf("after 999 bytes: %v", err)
	}
	fmt.Fprint(conn, "x")
	if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); !isReset(err) {
		t.Fatalf("after 1000 bytes: %v", err)
	}
}

func isTimeout(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}

func TestLostAnswerIsOfARequestThatWasCarriedOut(t *testing.T) {
	rehearsed(t, func(t *testing.T, r mishap) {
		id := initiate(r.client, "parts")
		tag := part(r.client, "parts", id, 1, []byte("part"))
		r.script.Set(fault.Rule{Times: 2, Fault: fault.Fault{Lose: true}})
		if a, err := r.try("PUT", "/demo/k", pattern(1<<20)); !isReset(err) {
			t.Errorf("%v, %v", a.Response, err)
		}
		if a, err := r.try("POST", "/demo/parts?uploadId="+id, listed("1", tag)); !isReset(err) {
			t.Errorf("%v, %v", a.Response, err)
		}
		r.struck(2)
		if got := r.do("GET", "/demo/k", nil).ok(200); !bytes.Equal(got.body, pattern(1<<20)) {
			t.Error("the object is not there")
		}
		r.do("HEAD", "/demo/parts", nil).ok(200)
		complete(r.client, "parts", id, listed("1", tag)).code(404, "NoSuchUpload")
	})
}

func TestAnswerIsCutWhereTheRuleSays(t *testing.T) {
	rehearsed(t, func(t *testing.T, r mishap) {
		content := pattern(300 << 10)
		r.do("PUT", "/demo/k", content).ok(200)
		for k, want := range map[int64]int{-1: 0, 1: 1, 1000: 1000, 299 << 10: 299 << 10} {
			r.once(fault.Fault{CutAnswer: k})
			a, err := r.try("GET", "/demo/k", nil)
			if !isReset(err) || a.ok(200).Header.Get("ETag") == "" || !bytes.Equal(a.body, content[:want]) {
				t.Errorf("cut at %d, it had %d bytes: %v", k, len(a.body), err)
			}
			r.struck(1)
		}
		r.once(fault.Fault{CutAnswer: int64(len(content))})
		if a, err := r.try("GET", "/demo/k", nil); err != nil || len(a.body) != len(content) {
			t.Errorf("cut behind its end, it had %d bytes: %v", len(a.body), err)
		}
		r.script.Set(fault.Rule{Op: fault.BeginUpload, Fault: fault.Fault{CutAnswer: 50}})
		if a, err := r.try("POST", "/demo/k?uploads", nil); !isReset(err) || len(a.body) != 50 {
			t.Errorf("%s, %v", a.body, err)
		}
		r.struck(1)
		if a := r.do("GET", "/demo?uploads", nil).ok(200); !bytes.Contains(a.body, []byte("<Upload>")) {
			t.Error("the upload was not begun")
		}
	})
}

func TestTrickleSlowsHeadersAndBody(t *testing.T) {
	rehearsed(t, func(t *testing.T, r mishap) {
		content := pattern(4 << 10)
		r.script.Set(fault.Rule{Times: 3, Fault: fault.Fault{Trickle: 4 << 10}})
		for _, x := range []struct {
			method string
			body   []byte
			want   []byte
			least  time.Duration
		}{{"PUT", content, nil, 30 * time.Millisecond}, {"GET", nil, content, time.Second}, {"HEAD", nil, nil, 30 * time.Millisecond}} {
			begun := time.Now()
			a, err := r.try(x.method, "/demo/k", x.body)
			if err != nil || !bytes.Equal(a.ok(200).body, x.want) || a.Header.Get("ETag") == "" || a.Header.Get("Date") == "" {
				t.Errorf("%s: %d bytes, %v, %v", x.method, len(a.body), a.Header, err)
			}
			if took := time.Since(begun); took < x.least {
				t.Errorf("%s took %s, want %s", x.method, took, x.least)
			}
		}
		r.struck(3)
		r.once(fault.Fault{Trickle: 10 << 10, CutAnswer: 100, Answer: &fault.Answer{Status: 500, Body: string(content)}})
		if a, err := r.try("PUT", "/demo/k", pattern(1<<20)); !isReset(err) || len(a.ok(500).body) != 100 {
			t.Errorf("%d bytes, %v", len(a.body), err)
		}
	})
}

func TestAnswerIsLostOverTLSToo(t *testing.T) {
	for name, http2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2": true} {
		t.Run(name, func(t *testing.T) {
			o := options(t)
			o.Faults = fault.NewScript(1, fault.Rule{Times: 1, Fault: fault.Fault{Lose: true}})
			s, err := New(o)
			if err != nil {
				t.Fatal(err)
			}
			h := httptest.NewUnstartedServer(s)
			h.EnableHTTP2 = http2
			h.StartTLS()
			c := client{t: t, base: h.URL, sign: signOSS}
			if response, err := h.Client().Do(c.request("PUT", "/demo/k", "", []byte("x"))); err == nil {
				t.Errorf("the answer came: %s", response.Status)
				_ = response.Body.Close()
			} else if !http2 && !isReset(err) {
				t.Error(err)
			}
			response, err := h.Client().Do(c.request("HEAD", "/demo/k", "", nil))
			if err != nil || response.StatusCode != http.StatusOK || response.ProtoMajor != map[bool]int{false: 1, true: 2}[http2] {
				t.Errorf("%v, %v", response, err)
			} else {
				_ = response.Body.Close()
			}
			h.Close()
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}
