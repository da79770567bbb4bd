package wire

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ingest-dev/ingest/sender"
)

// TestMain checks that the tests leave no goroutine and no descriptor.
func TestMain(m *testing.M) {
	if l, err := net.Listen("tcp", "127.0.0.1:0"); err == nil {
		_ = l.Close() // the poller has descriptors of its own, from now on
	}
	before := descriptors()
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if n := descriptors(); code == 0 && n > before {
			fmt.Fprintf(os.Stderr, "%d descriptors, %d before\n", n, before)
			code = 1
		}
		os.Exit(code)
	}))
}

// descriptors counts the process's open files where the system says it, else it is 0.
func descriptors() int {
	d, _ := os.ReadDir("/proc/self/fd")
	return len(d)
}

// serve runs handle on every connection to a loopback port, and returns the port's URL.
func serve(t *testing.T, handle func(c *net.TCPConn)) *url.URL {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() {
				defer func() { _ = c.Close() }()
				handle(c.(*net.TCPConn))
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		running.Wait()
	})
	return &url.URL{Scheme: "http", Host: l.Addr().String(), Path: "/"}
}

func client(t *testing.T, o Options) *Client {
	t.Helper()
	c, err := NewClient(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func put(u *url.URL, body []byte) *Request {
	return &Request{Method: "PUT", URL: u, Body: body, Op: "put object", Key: "k"}
}

// failed checks that err is a *sender.Error of that kind, and whether it says that no answer came. It returns the hint.
func failed(t *testing.T, err error, kind sender.Kind, noAnswer bool) (hint string) {
	t.Helper()
	e, ok := errors.AsType[*sender.Error](err)
	if !ok {
		t.Fatalf("got %v, want a *sender.Error", err)
	}
	if e.Kind != kind || errors.Is(err, sender.ErrNoAnswer) != noAnswer {
		t.Fatalf("got kind %d, no answer %v, want %d, %v: %v",
			e.Kind, errors.Is(err, sender.ErrNoAnswer), kind, noAnswer, err)
	}
	if e.Op != "put object" || e.Key != "k" {
		t.Fatalf("the error does not name the request: %v", err)
	}
	return e.Hint
}

// unreachable checks whether err says that the store cannot be reached.
func unreachable(t *testing.T, err error, want bool) {
	t.Helper()
	if errors.Is(err, sender.ErrUnreachable) != want {
		t.Fatalf("unreachable %v, want %v: %v", !want, want, err)
	}
}

// say writes what a server says. That a client has hung up shows in the client.
func say(w io.Writer, text string) { _, _ = io.WriteString(w, text) }

// hear reads a request's header.
func hear(c net.Conn) { _, _ = http.ReadRequest(bufio.NewReader(c)) }

// drain reads a body to its end.
func drain(r io.Reader) { _, _ = io.Copy(io.Discard, r) }

// reset lets Close drop the connection without a goodbye.
func reset(c *net.TCPConn) { _ = c.SetLinger(0) }

func TestResetAfterSomeBytesMeansNoAnswer(t *testing.T) {
	t.Parallel()
	for _, k := range []int64{1, 300, 70_000, 1 << 20} {
		u := serve(t, func(c *net.TCPConn) {
			drain(io.LimitReader(c, k))
			reset(c)
		})
		_, err := client(t, Options{}).Do(t.Context(), put(u, make([]byte, 8<<20)))
		failed(t, err, sender.TryAgain, true)
	}
}

func TestClosedWithoutAnswerMeansNoAnswer(t *testing.T) {
	u := serve(t, func(c *net.TCPConn) { hear(c) })
	_, err := client(t, Options{}).Do(t.Context(), put(u, []byte("abc")))
	failed(t, err, sender.TryAgain, true)
	unreachable(t, err, false)
}

func TestRefusedConnectionIsTriedAgainAndWasNotSent(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	u := &url.URL{Scheme: "http", Host: l.Addr().String(), Path: "/"}
	_ = l.Close()
	_, err = client(t, Options{}).Do(t.Context(), put(u, []byte("abc")))
	failed(t, err, sender.TryAgain, false)
	unreachable(t, err, true)
}

var quick = Timeouts{Stall: 200 * time.Millisecond}

func TestServerThatReadsNothingIsAStall(t *testing.T) {
	t.Parallel()
	over := make(chan struct{})
	defer close(over)
	u := serve(t, func(c *net.TCPConn) { <-over })
	start := time.Now()
	_, err := client(t, Options{Timeouts: quick}).Do(t.Context(), put(u, make([]byte, 64<<20)))
	failed(t, err, sender.TryAgain, true)
	if !errors.Is(err, errStalled) || time.Since(start) > 1500*time.Millisecond {
		t.Fatalf("after %v: %v", time.Since(start), err)
	}
}

func TestAnswerThatTricklesIsAStall(t *testing.T) {
	t.Parallel()
	u := serve(t, func(c *net.TCPConn) {
		hear(c)
		for range 200 {
			if _, err := c.Write([]byte("H")); err != nil {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	})
	_, err := client(t, Options{Timeouts: quick}).Do(t.Context(), put(u, []byte("abc")))
	if !errors.Is(err, errStalled) {
		t.Fatalf("got %v", err)
	}
}

func TestBodyThatMovesJustFastEnoughIsCapped(t *testing.T) {
	u := serve(t, func(c *net.TCPConn) {
		_ = c.SetReadBuffer(64 << 10)
		for b := make([]byte, 64<<10); ; time.Sleep(20 * time.Millisecond) {
			if _, err := c.Read(b); err != nil {
				return
			}
		}
	})
	limits := Timeouts{Stall: 300 * time.Millisecond, StallBytes: 1, Cap: 400 * time.Millisecond, CapRate: 1 << 40}
	_, err := client(t, Options{Timeouts: limits}).Do(t.Context(), put(u, make([]byte, 64<<20)))
	if !errors.Is(err, errTooSlow) {
		t.Fatalf("got %v", err)
	}
}

func TestPatienceOutlastsTheStallWindow(t *testing.T) {
	t.Parallel()
	u := serve(t, func(c *net.TCPConn) {
		hear(c)
		time.Sleep(500 * time.Millisecond)
		say(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	})
	r := put(u, []byte("abc"))
	r.Patience = 10 * time.Second
	if _, err := client(t, Options{Timeouts: quick}).Do(t.Context(), r); err != nil {
		t.Fatal(err)
	}
}

func TestAnswersThatAreCutOrTooLargeAreNoAnswers(t *testing.T) {
	t.Parallel()
	endless := strings.Repeat("x", 1<<16)
	for name, answer := range map[string]func(w io.Writer){
		"nothing":       func(w io.Writer) {},
		"half a header": func(w io.Writer) { say(w, "HTTP/1.1 200 OK\r\nContent-Le") },
		"not HTTP":      func(w io.Writer) { say(w, "SSH-2.0-OpenSSH_9.0\r\n") },
		"half a body":   func(w io.Writer) { say(w, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc") },
		"half a chunk": func(w io.Writer) {
			say(w, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc")
		},
		"giant header": func(w io.Writer) {
			say(w, "HTTP/1.1 200 OK\r\nX: ")
			flood(w, endless)
		},
		"many headers": func(w io.Writer) {
			say(w, "HTTP/1.1 200 OK\r\n")
			flood(w, "X: y\r\n")
		},
		"1xx flood": func(w io.Writer) { flood(w, "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n") },
		"stated giant body": func(w io.Writer) {
			say(w, "HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n")
			flood(w, endless)
		},
		"endless body": func(w io.Writer) { say(w, "HTTP/1.1 200 OK\r\n\r\n"); flood(w, endless) },
		"endless chunks": func(w io.Writer) {
			say(w, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
			flood(w, "10000\r\n"+endless+"\r\n")
		},
	} {
		t.Run(name, func(t *testing.T) {
			u := serve(t, func(c *net.TCPConn) {
				r, err := http.ReadRequest(bufio.NewReader(c))
				if err != nil {
					return
				}
				drain(r.Body)
				answer(c)
			})
			_, err := client(t, Options{}).Do(t.Context(), put(u, []byte("abc")))
			failed(t, err, sender.TryAgain, true)
		})
	}
}

// flood writes s until the other side has had enough, or 64 MiB.
func flood(w io.Writer, s string) {
	for n := 0; n < 64<<20; n += len(s) {
		if _, err := io.WriteString(w, s); err != nil {
			return
		}
	}
}

func TestCancelledBeforeTheStartSendsNothing(t *testing.T) {
	u := serve(t, func(c *net.TCPConn) {})
	ctx, cancel := context.WithCancelCause(t.Context())
	because := errors.New("the run stops")
	cancel(because)
	_, err := client(t, Options{}).Do(ctx, put(u, []byte("abc")))
	failed(t, err, sender.TryAgain, false)
	unreachable(t, err, false)
	if !errors.Is(err, context.Canceled) || !errors.Is(err, because) {
		t.Fatalf("got %v", err)
	}
}

func TestStaleConnectionIsReplaced(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { drain(r.Body) })
	srv := httptest.NewServer(h)
	defer srv.Close()
	u, _ := url.Parse(srv.URL)
	c := client(t, Options{})
	for range 50 {
		if _, err := c.Do(t.Context(), put(u, make([]byte, 1000))); err != nil {
			t.Fatal(err)
		}
		srv.CloseClientConnections()
		time.Sleep(time.Millisecond)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 307, 308} {
		u, c := start(t, http.RedirectHandler("http://192.0.2.1/stolen", status), false)
		answer, err := c.Do(t.Context(), put(u, []byte("abc")))
		if err != nil || answer.Status != status {
			t.Fatalf("got %v, %v", answer, err)
		}
	}
}

func TestHeadOfAGiantIsNoGiantAnswer(t *testing.T) {
	u, c := start(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10000000000")
	}), false)
	answer, err := c.Do(t.Context(), &Request{Method: "HEAD", URL: u})
	if err != nil || answer.Header.Get("Content-Length") != "10000000000" || answer.Body != nil {
		t.Fatalf("got %+v, %v", answer, err)
	}
}
