package journal

import (
	"bytes"
	"encoding/binary"

	"github.com/zeebo/xxh3"
)

// A frame's layout; FORMAT.md has the table. The sync bytes are not text and not zeros, so that what reads on
// behind damage finds few false beginnings.
const (
	sync0 = 0xA7
	sync1 = 0x5C

	frameHead  = 16
	frameTail  = checksumSize
	maxPayload = 4096 // more than the largest record that check passes
)

// frame is one intact frame as it was read.
type frame struct {
	kind     kind
	sequence uint64
	payload  []byte // valid until the next frame is read
	offset   int64  // of its first byte in the file
	seal     uint64 // its checksum
}

func (f frame) size() int64 { return int64(frameHead + len(f.payload) + frameTail) }

// encoder numbers and seals the frames of one journal.
type encoder struct {
	seed uint64
	last uint64 // sequence number of the last frame
}

// record appends the frame of a record that check has passed.
func (e *encoder) record(b []byte, r Record) []byte {
	start := len(b)
	b = appendPayload(e.begin(b, kindOf(r)), r)
	return e.seal(b, start)
}

// copy appends a payload that another journal's frame held.
func (e *encoder) copy(b []byte, k kind, payload []byte) []byte {
	start := len(b)
	b = append(e.begin(b, k), payload...)
	return e.seal(b, start)
}

func (e *encoder) begin(b []byte, k kind) []byte {
	e.last++
	b = append(b, sync0, sync1, byte(k), 0, 0, 0, 0, 0) // the length is known when the frame is sealed
	return binary.LittleEndian.AppendUint64(b, e.last)
}

func (e *encoder) seal(b []byte, start int) []byte {
	binary.LittleEndian.PutUint32(b[start+4:], uint32(len(b)-start-frameHead))
	return binary.LittleEndian.AppendUint64(b, xxh3.HashSeed(b[start:], e.seed))
}

// bears reports whether another frame of this journal lies within b, a frame. Were b damaged, a reader would come upon
// it and take it for a record: so none is written. Only who knows the journal's id can make such a text.
func bears(b []byte, seed uint64) bool {
	for at := 1; ; at++ {
		n := bytes.Index(b[at:], []byte{sync0, sync1})
		if n < 0 || len(b)-at-n < frameHead {
			return false
		}
		at += n
		if n := frameLength(b[at:]); n > 0 && n <= len(b)-at && sealed(b[at:at+n], seed) {
			return true
		}
	}
}

// frameLength returns the length of the whole frame that h begins, or 0 if no frame begins so.
// h has at least frameHead bytes.
func frameLength(h []byte) int {
	k, n := kind(h[2]), binary.LittleEndian.Uint32(h[4:])
	if h[0] != sync0 || h[1] != sync1 || k < kindBegun || k > kindOutcome || h[3] != 0 || n > maxPayload {
		return 0
	}
	return frameHead + int(n) + frameTail
}

// sealed reports whether b, a whole frame, carries the checksum that this journal would have given it.
func sealed(b []byte, seed uint64) bool {
	body := b[:len(b)-frameTail]
	return xxh3.HashSeed(body, seed) == binary.LittleEndian.Uint64(b[len(body):])
}

// parse returns the frame that b is. b is sealed.
func parse(b []byte, offset int64) frame {
	return frame{
		kind:     kind(b[2]),
		sequence: binary.LittleEndian.Uint64(b[8:]),
		payload:  b[frameHead : len(b)-frameTail],
		offset:   offset,
		seal:     binary.LittleEndian.Uint64(b[len(b)-frameTail:]),
	}
}
