package torture

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/ingest-dev/ingest/devstore/fault"
	"github.com/ingest-dev/ingest/test/internal/answered"
)

// tap sits before the embedded store and sees what the program asks of it, and what becomes of that. Others who use
// the store, such as the lab when it reads objects back, are let through unseen.
type tap struct {
	mu   sync.Mutex
	seen []request
	do   map[int]func() // when so many requests have come
}

// request is one that the program made.
type request struct {
	op            fault.Op
	path, part    string
	at            time.Time
	took          time.Duration
	body          int64 // bytes of it that the store read
	status        int   // 0: the connection was broken, or is a slow one
	authorization string
	token         string
}

// after calls do once n requests have come, in the goroutine of the last one and before that is served.
func (p *tap) after(n int, do func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.do == nil {
		p.do = map[int]func(){}
	}
	p.do[n] = do
}

// wrap is for lab.Options.Wrap.
func (p *tap) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.UserAgent(), "ingest/") {
			next.ServeHTTP(w, r)
			return
		}
		n := p.arrived(r)
		body, said := &countedBody{ReadCloser: r.Body}, countedAnswer{answered.Record(w)}
		r.Body = body
		defer func() { p.over(n, body.n, said.Status) }()
		next.ServeHTTP(said, r)
	})
}

func (p *tap) arrived(r *http.Request) (n int) {
	p.mu.Lock()
	n = len(p.seen)
	p.seen = append(p.seen, request{
		op: operation(r), path: r.URL.Path, part: r.URL.Query().Get("partNumber"), at: time.Now(),
		authorization: r.Header.Get("Authorization"),
		token:         r.Header.Get("X-Oss-Security-Token") + r.Header.Get("X-Amz-Security-Token"),
	})
	do := p.do[n+1]
	p.mu.Unlock()
	if do != nil {
		do()
	}
	return n
}

func (p *tap) over(n int, body int64, status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := &p.seen[n]
	r.took, r.body, r.status = time.Since(r.at), body, status
}

// requests returns what was seen so far, in the order of arrival.
func (p *tap) requests() []request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]request(nil), p.seen...)
}

// sums returns how many requests came, and how many bytes of objects with them.
func (p *tap) sums() (requests, bytes int64) {
	for _, r := range p.requests() {
		requests++
		if r.op == fault.PutObject || r.op == fault.SendPart {
			bytes += r.body
		}
	}
	return requests, bytes
}

// count returns how many requests of an operation came.
func (p *tap) count(op fault.Op) (n int) {
	for _, r := range p.requests() {
		if r.op == op {
			n++
		}
	}
	return n
}

// sentSince is how many bytes came of an object since then.
func sentSince(seen *tap, path string, since time.Time) (bytes int64) {
	for _, r := range seen.requests() {
		if r.path == path && r.at.After(since) && (r.op == fault.SendPart || r.op == fault.PutObject) {
			bytes += r.body
		}
	}
	return bytes
}

// operation is what a request of ours asks for, in either dialect.
func operation(r *http.Request) fault.Op {
	query := r.URL.Query()
	switch upload := query.Get("uploadId") != ""; r.Method {
	case http.MethodPut:
		if query.Has("partNumber") {
			return fault.SendPart
		}
		return fault.PutObject
	case http.MethodPost:
		if upload {
			return fault.CompleteUpload
		}
		return fault.BeginUpload
	case http.MethodGet:
		if upload {
			return fault.ListParts
		}
		return fault.ListUploads
	case http.MethodDelete:
		return fault.AbortUpload
	case http.MethodHead:
		return fault.HeadObject
	}
	return fault.Other
}

type countedBody struct {
	io.ReadCloser
	n int64
}

func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.n += int64(n)
	return n, err
}

// countedAnswer knows an answer's status, 0 for one whose connection was taken over.
type countedAnswer struct{ *answered.Recorder }

func (a countedAnswer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	a.Status = 0
	return http.NewResponseController(a.ResponseWriter).Hijack()
}

// unheard swallows an answer.
type unheard struct{ header http.Header }

func (u *unheard) Header() http.Header {
	if u.header == nil {
		u.header = http.Header{}
	}
	return u.header
}

func (*unheard) WriteHeader(int) {}

func (*unheard) Write(p []byte) (int, error) { return len(p), nil }
