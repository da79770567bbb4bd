package journal

import (
	"bytes"
	"errors"
	"io"
)

const (
	// readBuffer holds many frames; frameReader needs no more memory than this for a journal of any length.
	readBuffer = 256 << 10

	// maxFrame is what the buffer must hold at least.
	maxFrame = frameHead + maxPayload + frameTail
)

// maxEmptyReads bounds how often a source may return nothing, not even an error.
const maxEmptyReads = 100

// frameReader reads the intact frames of one journal from a stream, finding its way over whatever lies between.
type frameReader struct {
	src    io.Reader
	seed   uint64
	buf    []byte
	start  int   // of what is not consumed
	end    int   // of what was read
	offset int64 // in the file, of buf[start]
	err    error // what ended the stream; io.EOF at its end
}

// newFrameReader reads frames from src, whose first byte lies at the given offset of the file. It will have size
// bytes, or more.
func newFrameReader(src io.Reader, offset, size int64, seed uint64) *frameReader {
	return &frameReader{src: src, seed: seed, offset: offset, buf: make([]byte, max(maxFrame, min(readBuffer, size)))}
}

// next returns the next intact frame, and how many bytes before it belong to none. At the end of the stream it
// returns io.EOF and the number of bytes there that belong to none. An error of the source is no damage: it is
// returned as it is.
func (r *frameReader) next() (f frame, unreadable int64, err error) {
	for {
		if b := r.intact(); b != nil {
			f = parse(b, r.offset)
			r.consume(len(b))
			return f, unreadable, nil
		}
		n := r.skip()
		unreadable += int64(n)
		if n == 0 {
			return frame{}, unreadable, r.err
		}
	}
}

// intact returns the bytes of the frame that begins here, or nil if none does.
func (r *frameReader) intact() []byte {
	if !r.need(frameHead) {
		return nil
	}
	n := frameLength(r.buf[r.start:])
	if n == 0 || !r.need(n) {
		return nil
	}
	if b := r.buf[r.start : r.start+n]; sealed(b, r.seed) {
		return b
	}
	return nil
}

// skip consumes bytes up to the next place where a frame may begin. It returns how many: 0 only at the end, and
// at once when the source has failed.
func (r *frameReader) skip() int {
	if !r.need(1) || !errors.Is(r.err, io.EOF) && r.err != nil {
		return 0
	}
	rest := r.buf[r.start+1 : r.end]
	n := bytes.IndexByte(rest, sync0)
	if n < 0 {
		n = len(rest)
	}
	r.consume(1 + n)
	return 1 + n
}

func (r *frameReader) consume(n int) {
	r.start += n
	r.offset += int64(n)
}

// need reports whether n bytes are there, reading on if it must.
func (r *frameReader) need(n int) bool { return r.end-r.start >= n || r.fill(n) }

func (r *frameReader) fill(n int) bool {
	copy(r.buf, r.buf[r.start:r.end])
	r.start, r.end = 0, r.end-r.start
	for empty := 0; r.end < n && r.err == nil; {
		k, err := r.src.Read(r.buf[r.end:])
		r.end += k
		r.err = err
		if empty++; k > 0 {
			empty = 0
		} else if empty == maxEmptyReads && err == nil {
			r.err = io.ErrNoProgress
		}
	}
	return r.end >= n
}

// reading is one step through a journal: a frame, and what is wrong just before it.
type reading struct {
	frame
	unreadable int64  // bytes before it that belong to no frame
	missing    uint64 // frames that should lie before it
	repeated   bool   // its place in the order is taken: it counts for nothing
}

// orderedReader adds the order of the frames to frameReader. Only a sequence number higher than all before it
// is new; so a frame that lies in the file twice, or too late, cannot take back what came after it.
type orderedReader struct {
	frames *frameReader
	last   uint64
}

// next returns the next frame, or io.EOF and a reading that holds what is unreadable at the end.
func (o *orderedReader) next() (reading, error) {
	f, unreadable, err := o.frames.next()
	r := reading{frame: f, unreadable: unreadable}
	switch {
	case err != nil:
		return r, err
	case f.sequence <= o.last:
		r.repeated = true
	default:
		r.missing = f.sequence - o.last - 1
		o.last = f.sequence
	}
	return r, nil
}
