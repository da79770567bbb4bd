package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// A file is written anew when more than half of it, and more than wasteFloor bytes, is of no use: less is read
// faster than it is written.
const wasteFloor = 1 << 20

// writeChunk is how many bytes of frames are gathered for one write.
const writeChunk = 1 << 20

func wasteful(p *replay) bool { return p.dead > wasteFloor && p.dead > p.end/2 }

// compact writes the file anew with what the replay believes, and goes on with the new one. If it fails the old
// one is still in use, except if storage.file is nil: then nobody knows which of the two has the name.
func (s *storage) compact(p *replay) error {
	h := s.newHeader(s.header.Job)
	h.Created = s.header.Created // the job is no younger for it
	c := &compactor{encoder: encoder{seed: h.seed()}}
	err := s.prepare(h, func(w io.Writer) (last uint64, err error) {
		c.w, c.buf = w, h.encode()
		err = c.run(s.frames(p.end), p)
		return c.last, err
	})
	if err != nil {
		return err
	}
	return s.replace(h, c.last)
}

// prepare writes and syncs a journal that is to take the place of the file, and reads it again: there will be no other
// copy. What fills it says the number of its last frame. If prepare fails it leaves nothing behind.
func (s *storage) prepare(h *Header, fill func(io.Writer) (last uint64, err error)) error {
	temp, last := &storage{files: s.files, path: s.path + tempSuffix, header: h}, uint64(0)
	err := writeWhole(s.files, temp.path, func(w io.Writer) (err error) {
		last, err = fill(w)
		return err
	})
	if err != nil {
		return err
	}
	if err := errors.Join(temp.reread(last), temp.close()); err != nil {
		return errors.Join(err, remove(s.files, temp.path))
	}
	return nil
}

// reread makes sure that the file holds its header and all frames up to the last, and nothing else.
func (s *storage) reread(last uint64) error {
	if err := s.load(); err != nil {
		return err
	}
	if err := s.beginsWith(s.header.encode()); err != nil {
		return err
	}
	return eachSound(s.frames(s.size), last, func(reading) error { return nil })
}

// beginsWith makes sure that the file begins with a header, and that its frames are looked for behind it.
func (s *storage) beginsWith(header []byte) error {
	b := make([]byte, len(header))
	if n, err := s.file.ReadAt(b, 0); n < len(b) && !errors.Is(err, io.EOF) {
		return err
	}
	if !bytes.Equal(b, header) {
		return fmt.Errorf("%w: the new header is not there", ErrChanged)
	}
	s.first = int64(len(header))
	return nil
}

// replace puts the new file in the place of the old one, and opens what is there then. The old one is closed
// first: Windows renames over no open file. A rename may have worked though it failed (NFS repeats requests), so
// the id in the header decides which file it is.
func (s *storage) replace(h *Header, last uint64) error {
	if err := s.close(); err != nil {
		return errors.Join(err, remove(s.files, s.path+tempSuffix))
	}
	old, placed := s.header.ID, place(s.files, s.path)
	if err := s.reopen(); err != nil {
		return errors.Join(placed, err, s.close())
	}
	if err := s.identify(s.header.Job); err != nil {
		return errors.Join(placed, err, s.close())
	}
	switch {
	case s.header.ID == h.ID:
		s.last = last
		return nil
	case placed == nil || s.header.ID != old:
		return errors.Join(fmt.Errorf("%w: %s is another file now", ErrChanged, s.path), placed, s.close())
	}
	return placed
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
	if rows := p.state.settled(); c.encoder.last != rows {
		return fmt.Errorf("%w: %d rows were settled, and now %d", ErrChanged, rows, c.encoder.last)
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
