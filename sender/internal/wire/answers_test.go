package wire

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/sender"
)

// TestAnswerCutAtEveryByteIsNoAnswer cuts answers that state their length, or are chunked.
func TestAnswerCutAtEveryByteIsNoAnswer(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"length": fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(listing), listing),
		"chunks": fmt.Sprintf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n",
			listing[:5], len(listing)-5, listing[5:]),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var cut atomic.Int64
			u := serve(t, func(c *net.TCPConn) { hear(c); say(c, answer[:cut.Load()]) })
			c := client(t, Options{})
			for k := range len(answer) {
				cut.Store(int64(k))
				_, err := ended(t, c, put(u, []byte("abc")), 5*time.Second)
				failed(t, err, sender.TryAgain, true)
			}
			cut.Store(int64(len(answer)))
			if a, err := ended(t, c, put(u, []byte("abc")), 5*time.Second); err != nil || string(a.Body) != listing {
				t.Errorf("the whole answer: got %v, %v", a, err)
			}
		})
	}
}

// script answers every request on every connection with the same words, after it has read it.
func script(t *testing.T, answer string) *url.URL {
	return serve(t, func(c *net.TCPConn) {
		in := bufio.NewReader(c)
		for {
			r, err := http.ReadRequest(in)
			if err != nil {
				return
			}
			drain(r.Body)
			say(c, answer)
		}
	})
}

// TestAnswerThatMovesJustFastEnoughIsCapped: nothing stalls, and nothing ends.
func TestAnswerThatMovesJustFastEnoughIsCapped(t *testing.T) {
	t.Parallel()
	for name, words := range map[string][2]string{
		"header":  {"HTTP/1.1 200 OK\r\n", "X: y\r\n"},
		"notices": {"", "HTTP/1.1 102 Processing\r\n\r\n"},
		"body":    {"HTTP/1.1 200 OK\r\n\r\n", "xxxxxxxx"},
		"chunks":  {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n"},
		"trailer": {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X: y\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := serve(t, func(c *net.TCPConn) {
				hear(c)
				say(c, words[0])
				for {
					if _, err := io.WriteString(c, words[1]); err != nil {
						return
					}
					time.Sleep(5 * time.Millisecond)
				}
			})
			limits := Timeouts{Stall: 200 * time.Millisecond, StallBytes: 1, Cap: 300 * time.Millisecond, CapRate: 1 << 40}
			_, err := ended(t, client(t, Options{Timeouts: limits}), put(u, []byte("abc")), 5*time.Second)
			failed(t, err, sender.TryAgain, true)
			if !errors.Is(err, errTooSlow) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestPeerOfHTTP10(t *testing.T) {
	t.Parallel()
	u := serve(t, func(c *net.TCPConn) {
		r, err := http.ReadRequest(bufio.NewReader(c))
		if err != nil {
			return
		}
		drain(r.Body)
		say(c, "HTTP/1.0 200 OK\r\n\r\n"+listing)
	})
	c := client(t, Options{})
	for range 5 {
		a, err := ended(t, c, put(u, []byte("abc")), 5*time.Second)
		if err != nil || string(a.Body) != listing {
			t.Fatalf("got %v, %v", a, err)
		}
	}
}

// TestNoPermissionIsAwaited: nothing waits for a 100 that never comes, and those that come are skipped.
func TestNoPermissionIsAwaited(t *testing.T) {
	t.Parallel()
	u := serve(t, func(c *net.TCPConn) {
		r, err := http.ReadRequest(bufio.NewReader(c))
		if err != nil {
			return
		}
		say(c, strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 3))
		drain(r.Body)
		say(c, "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: "+r.Header.Get("Expect")+"\r\n\r\nok")
	})
	a, err := ended(t, client(t, Options{}), put(u, make([]byte, 100_000)), 5*time.Second)
	if err != nil || string(a.Body) != "ok" || a.Header.Get("X") != "" {
		t.Errorf("got %v, %v", a, err)
	}
}

func TestHostileAnswersEndAndStaySmall(t *testing.T) {
	t.Parallel()
	const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	for name, answer := range map[string][2]string{
		"flood of 100":      {"", "HTTP/1.1 100 Continue\r\n\r\n"},
		"flood of 102":      {"", "HTTP/1.1 102 Processing\r\n\r\n"},
		"endless trailer":   {chunked + "0\r\n", "X: y\r\n"},
		"endless extension": {chunked + "1;", "x=y;"},
		"endless chunk":     {chunked + "7fffffffffffffff\r\n", strings.Repeat("x", 1<<16)},
		"tiny chunks":       {chunked, "1;" + strings.Repeat("x", 4000) + "\r\nx\r\n"},
		"status line":       {"HTTP/1.1 200 ", "OK"},
		"folded header":     {"HTTP/1.1 200 OK\r\nX: y", "\r\n z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := serve(t, func(c *net.TCPConn) { hear(c); say(c, answer[0]); flood(c, answer[1]) })
			_, err := ended(t, client(t, Options{}), put(u, []byte("abc")), 10*time.Second)
			failed(t, err, sender.TryAgain, true)
		})
	}
}

func TestStatedLengthGetsNoMemoryBeforeItsBytesCome(t *testing.T) {
	t.Parallel()
	answer := &http.Response{ContentLength: MaxBody, Body: io.NopCloser(strings.NewReader("abc"))}
	body, err := readAnswer(answer)
	if err != nil || cap(body) > 2*claim {
		t.Errorf("%d bytes of memory, %v", cap(body), err)
	}
}

// TestCompressedAnswersStayAsTheyCame: an answer that expands is a bomb; nobody asked for it.
func TestCompressedAnswersStayAsTheyCame(t *testing.T) {
	t.Parallel()
	u, c := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("X", r.Header.Get("Accept-Encoding"))
		say(w, "\x1f\x8bbomb")
	}), false)
	a, err := ended(t, c, put(u, []byte("abc")), 5*time.Second)
	if err != nil || string(a.Body) != "\x1f\x8bbomb" || a.Header.Get("X") != "" {
		t.Errorf("got %v, %v", a, err)
	}
}

// TestLengthsThatContradictAreNoAnswers. A length and chunks together are read as chunks, as RFC 9112 (6.3) says.
func TestLengthsThatContradictAreNoAnswers(t *testing.T) {
	t.Parallel()
	for name, header := range map[string]string{
		"two lengths": "Content-Length: 2\r\nContent-Length: 3\r\n",
		"negative":    "Content-Length: -1\r\n",
		"no number":   "Content-Length: two\r\n",
		"too large":   "Content-Length: 99999999999999999999\r\n",
		"unknown":     "Transfer-Encoding: gzip\r\n",
		"both, cut":   "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n",
	} {
		u := serve(t, func(c *net.TCPConn) { hear(c); say(c, "HTTP/1.1 200 OK\r\n"+header+"\r\nok") })
		_, err := ended(t, client(t, Options{}), put(u, []byte("abc")), 5*time.Second)
		if err == nil {
			t.Errorf("%s: taken", name)
			continue
		}
		failed(t, err, sender.TryAgain, true)
	}
	u := script(t, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 900\r\n\r\n2\r\nok\r\n0\r\n\r\n")
	if a, err := ended(t, client(t, Options{}), put(u, []byte("abc")), 5*time.Second); err != nil || string(a.Body) != "ok" {
		t.Errorf("both: got %v, %v", a, err)
	}
}

// TestLengthBeyondTheBodyIsAStall: the connection stays open, and the rest never comes.
func TestLengthBeyondTheBodyIsAStall(t *testing.T) {
	t.Parallel()
	u := script(t, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok")
	_, err := ended(t, client(t, Options{Timeouts: quick}), put(u, []byte("abc")), 5*time.Second)
	failed(t, err, sender.TryAgain, true)
}

// TestAnswerToNobodyIsNobodysAnswer has a store that gives two answers to each request, at once or one after the
// other. The second must not be taken for the next request's.
func TestAnswerToNobodyIsNobodysAnswer(t *testing.T) {
	for _, secure := range []bool{false, true} {
		for _, apart := range []time.Duration{0, 20 * time.Millisecond} {
			for name, first := range map[string]string{
				"plain":  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst",
				"chunks": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n0\r\n\r\n",
			} {
				t.Run(fmt.Sprintf("tls=%v, apart=%v, %s", secure, apart, name), func(t *testing.T) {
					t.Parallel()
					said := make(chan struct{}, 3)
					u, c := start(t, twice(first, apart, said), secure)
					for range cap(said) {
						a, err := ended(t, c, put(u, []byte("abc")), 5*time.Second)
						if err != nil || string(a.Body) != "first" {
							t.Errorf("got %v, %v", a, err)
						}
						<-said
					}
				})
			}
		}
	}
}

// twice answers a request twice, at once if nothing is to lie between, and then says so.
func twice(first string, apart time.Duration, said chan<- struct{}) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		drain(r.Body)
		bare, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer bare.Close()
		const second = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond"
		if apart == 0 {
			say(bare, first+second)
		} else {
			say(bare, first)
			time.Sleep(apart)
			say(bare, second)
		}
		said <- struct{}{}
		hear(bare)
	}
}

// TestSwitchedProtocolIsNoAnswer: what follows it is not HTTP.
func TestSwitchedProtocolIsNoAnswer(t *testing.T) {
	t.Parallel()
	u := serve(t, func(c *net.TCPConn) {
		hear(c)
		say(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n")
		_ = c.SetReadDeadline(time.Now().Add(6 * time.Second)) // a client that waits for ever shall fail, not hang
		drain(c)
	})
	_, err := ended(t, client(t, Options{}), put(u, make([]byte, 100_000)), 5*time.Second)
	failed(t, err, sender.TryAgain, true)
	if !errors.Is(err, errSwitch) {
		t.Errorf("got %v", err)
	}
}
