package journal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/zeebo/xxh3"
)

// Version is the format that this package writes, and the newest that it reads. Version 1 has fewer statuses, and no
// callbacks; a journal of it is written anew when it is opened.
const Version = 2

const oldestVersion = 1

// The header's layout; FORMAT.md has the table. The first preambleSize bytes and the checksum in the last eight
// are the same in every version, so that a damaged header is never taken for one of a newer format.
const (
	magic        = "\x89ingj\r\n\x1a"
	preambleSize = 16
	fixedSize    = 64
	checksumSize = 8
	maxHeader    = 1 << 16
	maxJobText   = 4096
	maxTool      = 64
)

// Job is what a journal is of. Two jobs are the same if all of it is equal.
type Job struct {
	Manifest [16]byte // digest
	Rows     int64
	Target   string // at most 4 KiB, like Root
	Root     string
}

// Header is the first thing in a journal.
type Header struct {
	Version uint32
	ID      [16]byte // random; drawn anew whenever the file is written anew
	Created time.Time
	Tool    string // version of the program that wrote it
	Job     Job
}

// differences lists what is not the same in two jobs, for a person to read.
func (j Job) differences(now Job) string {
	var d []string
	add := func(differ bool, name string, was, is any) {
		if differ {
			d = append(d, fmt.Sprintf("%s is %v in the journal and %v now", name, was, is))
		}
	}
	add(j.Manifest != now.Manifest, "manifest digest", fmt.Sprintf("%x", j.Manifest), fmt.Sprintf("%x", now.Manifest))
	add(j.Rows != now.Rows, "number of rows", j.Rows, now.Rows)
	add(j.Target != now.Target, "target", fmt.Sprintf("%q", j.Target), fmt.Sprintf("%q", now.Target))
	add(j.Root != now.Root, "root", fmt.Sprintf("%q", j.Root), fmt.Sprintf("%q", now.Root))
	return strings.Join(d, "; ")
}

// check returns why a job cannot be written, or nil.
func (j Job) check() error {
	if len(j.Target) > maxJobText || len(j.Root) > maxJobText {
		return fmt.Errorf("%w: target of %d bytes, root of %d, at most %d", ErrRecord, len(j.Target), len(j.Root), maxJobText)
	}
	return nil
}

// seed is what ties a frame's checksum to this journal.
func (h *Header) seed() uint64 { return xxh3.Hash(h.ID[:]) }

// encode returns the header's bytes.
func (h *Header) encode() []byte {
	b := append(make([]byte, 0, 256), magic...)
	b = binary.LittleEndian.AppendUint32(b, h.Version)
	b = binary.LittleEndian.AppendUint32(b, 0) // the length, known below
	b = append(b, h.ID[:]...)
	b = binary.LittleEndian.AppendUint64(b, uint64(h.Created.UnixNano()))
	b = append(b, h.Job.Manifest[:]...)
	b = binary.LittleEndian.AppendUint64(b, uint64(h.Job.Rows))
	b = appendText(b, cut(h.Tool, maxTool))
	b = appendText(b, h.Job.Target)
	b = appendText(b, h.Job.Root)
	binary.LittleEndian.PutUint32(b[12:], uint32(len(b)+checksumSize))
	return binary.LittleEndian.AppendUint64(b, xxh3.Hash(b))
}

// readHeader reads the header from the beginning of a journal and returns it with its length in bytes.
func readHeader(r io.Reader) (*Header, int64, error) {
	b := make([]byte, preambleSize, 256)
	n, err := io.ReadFull(r, b)
	if short(err) {
		return nil, 0, cutShort(b[:n])
	}
	if err != nil {
		return nil, 0, err
	}
	if string(b[:len(magic)]) != magic {
		return nil, 0, fmt.Errorf("%w: it does not begin as a journal does", ErrFormat)
	}
	size := int64(binary.LittleEndian.Uint32(b[12:]))
	if size < preambleSize+checksumSize || size > maxHeader {
		return nil, 0, fmt.Errorf("%w: it states a length of %d bytes", ErrDamaged, size)
	}
	b = append(b, make([]byte, size-preambleSize)...)
	if _, err := io.ReadFull(r, b[preambleSize:]); short(err) {
		return nil, 0, fmt.Errorf("%w: the file ends within it", ErrDamaged)
	} else if err != nil {
		return nil, 0, err
	}
	h, err := decodeHeader(b)
	return h, size, err
}

func short(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// cutShort tells a journal that lost all but its first bytes from a file of something else.
func cutShort(b []byte) error {
	if k := min(len(b), len(magic)); k > 0 && bytes.Equal(b[:k], []byte(magic[:k])) {
		return fmt.Errorf("%w: the file ends within it", ErrDamaged)
	}
	return fmt.Errorf("%w: it is too short for one", ErrFormat)
}

// decodeHeader reads a header whose length is right. The checksum goes first: a version is believed only then.
func decodeHeader(b []byte) (*Header, error) {
	body := b[:len(b)-checksumSize]
	if xxh3.Hash(body) != binary.LittleEndian.Uint64(b[len(body):]) {
		return nil, fmt.Errorf("%w: its checksum is wrong", ErrDamaged)
	}
	h := &Header{Version: binary.LittleEndian.Uint32(b[8:])}
	if h.Version < oldestVersion || h.Version > Version {
		return nil, fmt.Errorf("%w: it has format version %d, this program reads versions %d to %d: "+
			"go on with the release that wrote it, or set the journal aside and start over",
			ErrFormat, h.Version, oldestVersion, Version)
	}
	if len(body) < fixedSize {
		return nil, fmt.Errorf("%w: it is too short", ErrDamaged)
	}
	copy(h.ID[:], b[16:])
	h.Created = time.Unix(0, int64(binary.LittleEndian.Uint64(b[32:])))
	copy(h.Job.Manifest[:], b[40:])
	h.Job.Rows = int64(binary.LittleEndian.Uint64(b[56:]))
	d := decoder{b: body[fixedSize:]}
	h.Tool, h.Job.Target, h.Job.Root = d.text(maxTool), d.text(maxJobText), d.text(maxJobText)
	if !d.done() {
		return nil, fmt.Errorf("%w: its texts do not fit", ErrDamaged)
	}
	return h, nil
}
