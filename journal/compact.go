package journal

import (
	"errors"
	"io"
	"maps"
	"path/filepath"
	"slices"
)

// A file is written anew when more than half of it, and more than wasteFloor bytes, is of no use: less is read
// faster than it is written.
const wasteFloor = 1 << 20

// writeChunk is how many bytes of frames are gathered for one write.
const writeChunk = 1 << 20

func wasteful(p *replay) bool { return p.dead > wasteFloor && p.dead > p.end/2 }

// compact writes the file anew with what the replay believes, and goes on with the new one. If it fails the old
// one is still in use, except if storage.file is nil: then nobody knows which of the two a power cut would leave.
func (s *storage) compact(p *replay) error {
	h := s.newHeader(s.header.Job)
	h.Created = s.header.Created // the job is no younger for it
	c := &compactor{encoder: encoder{seed: h.seed()}}
	err := prepare(s.files, s.path, func(w io.Writer) error {
		c.w, c.buf = w, h.encode()
		return c.run(s.frames(p.end), p)
	})
	if err != nil {
		return err
	}
	return s.replace(h, c.encoder.last)
}

// replace puts the new file in the place of the old one, and opens what is there then. The old one is closed
// first: Windows renames over no open file. A rename may have worked though it failed (NFS repeats requests), so
// the id in the header decides which file it is.
func (s *storage) replace(h *Header, last uint64) error {
	if err := s.close(); err != nil {
		return errors.Join(err, remove(s.files, s.path+tempSuffix))
	}
	placed := place(s.files, s.path)
	if err := s.files.SyncDir(filepath.Dir(s.path)); err != nil {
		return errors.Join(placed, err)
	}
	if err := s.reopen(); err != nil {
		return errors.Join(placed, err, s.close())
	}
	if err := s.identify(s.header.Job); err != nil {
		return errors.Join(placed, err, s.close())
	}
	if s.header.ID != h.ID {
		return placed
	}
	s.last = last
	return nil
}

// compactor copies what is alive out of a journal into a new one: of every row the last outcome, as it was
// written, and then the open uploads, which the replay holds in memory anyway.
//
// The new journal has a new id. With the old one, frames of the old file in disk blocks that the new file takes
// over would carry a checksum that is right in both.
type compactor struct {
	encoder
	w   io.Writer
	buf []byte
	err error
}

func (c *compactor) run(o *orderedReader, p *replay) error {
	err := settled(o, &p.superseded, func(f frame, _ *Outcome) error {
		c.buf = c.encoder.copy(c.buf, f.kind, f.payload)
		c.flush(writeChunk)
		return c.err
	})
	if err != nil {
		return err
	}
	for _, row := range slices.Sorted(maps.Keys(p.state.Uploads)) {
		c.upload(p.state.Uploads[row])
	}
	c.flush(0)
	return c.err
}

func (c *compactor) upload(u *Upload) {
	c.buf = c.record(c.buf, u.Begun)
	for _, number := range slices.Sorted(maps.Keys(u.Parts)) {
		c.buf = c.record(c.buf, u.Parts[number])
		c.flush(writeChunk)
	}
}

// flush writes what is gathered if it is more than n bytes. After an error it only discards.
func (c *compactor) flush(n int) {
	if len(c.buf) <= n {
		return
	}
	if c.err == nil {
		c.err = writeAll(c.w, c.buf)
	}
	c.buf = c.buf[:0]
}

// writeAll takes a short write for a failed one, whatever the writer says.
func writeAll(w io.Writer, b []byte) error {
	n, err := w.Write(b)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	return err
}
