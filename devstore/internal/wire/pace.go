package wire

import (
	"context"
	"io"
	"net/http"
	"time"
)

// pace lets bytes pass at a rate, however fast they come.
type pace struct {
	ctx    context.Context
	rate   int64 // bytes a second
	begun  time.Time
	passed int64
}

// pause waits until n more bytes are due, or ctx ends.
func (p *pace) pause(n int) error {
	if p.passed == 0 {
		p.begun = time.Now()
	}
	p.passed += int64(n)
	due := time.Duration(float64(p.passed) / float64(p.rate) * float64(time.Second))
	timer := time.NewTimer(due - time.Since(p.begun))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-p.ctx.Done():
		return p.ctx.Err()
	}
}

// step is how much passes at once of what could: a tenth of a second's.
func (p *pace) step(n int) int { return int(min(int64(n), max(p.rate/10, 1))) }

// PacedReader reads r at so many bytes a second, until ctx ends.
func PacedReader(ctx context.Context, r io.Reader, rate int64) io.Reader {
	return &pacedReader{pace: pace{ctx: ctx, rate: rate}, r: r}
}

type pacedReader struct {
	pace
	r io.Reader
}

func (p *pacedReader) Read(b []byte) (int, error) {
	n, err := p.r.Read(b[:p.step(len(b))])
	if late := p.pause(n); late != nil && err == nil {
		err = late
	}
	return n, err
}

// PacedWriter writes an answer's body at so many bytes a second, until ctx ends.
func PacedWriter(ctx context.Context, w http.ResponseWriter, rate int64) http.ResponseWriter {
	return &pacedWriter{ResponseWriter: w, pace: pace{ctx: ctx, rate: rate}}
}

type pacedWriter struct {
	http.ResponseWriter
	pace
}

// Unwrap lets an http.ResponseController reach the writer below.
func (p *pacedWriter) Unwrap() http.ResponseWriter { return p.ResponseWriter }

func (p *pacedWriter) Write(b []byte) (written int, err error) {
	for written < len(b) && err == nil {
		n := p.step(len(b) - written)
		if err = p.pause(n); err != nil {
			break
		}
		n, err = p.ResponseWriter.Write(b[written : written+n])
		written += n
	}
	return written, err
}
