package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// position is the end of a frame, or of the header: where it lies in the file, and how many frames lie before it.
type position struct {
	offset   int64
	sequence uint64
}

// proof is a position up to which the file was read and found whole, and the checksum that lies just before it.
type proof struct {
	position
	seal uint64
}

// prove fails with ErrChanged unless the file holds all that was written since an earlier proof, whole.
//
// A sync tells of the disk. That the bytes are in the file was so far only claimed by the write; and somebody may have
// cut the file: then what was written next lies behind a hole of zeros. As such a hole reaches back to what is proven,
// the eight bytes there are compared too. All this is read from memory, as it was just written.
func (s *storage) prove(from proof, to position) (proof, error) {
	switch seal, err := s.sealBefore(from.offset); {
	case err != nil:
		return from, err
	case seal != from.seal:
		return from, fmt.Errorf("%w: what lay before byte %d is gone", ErrChanged, from.offset)
	}
	size := to.offset - from.offset
	src := io.NewSectionReader(s.file, from.offset, size)
	o := &orderedReader{frames: newFrameReader(src, from.offset, size, s.header.seed()), last: from.sequence}
	now := proof{to, from.seal}
	err := eachSound(o, to.sequence, func(r reading) error {
		now.seal = r.seal
		return nil
	})
	return now, err
}

// sealBefore returns the checksum that ends at an offset.
func (s *storage) sealBefore(offset int64) (uint64, error) {
	var b [checksumSize]byte
	n, err := s.file.ReadAt(b[:], offset-checksumSize)
	if n < len(b) && errors.Is(err, io.EOF) {
		return 0, fmt.Errorf("%w: it ends before byte %d", ErrChanged, offset)
	}
	if n < len(b) {
		return 0, err
	}
	return binary.LittleEndian.Uint64(b[:]), nil
}

// eachSound calls f for every frame of a stretch that must be whole: nothing between the frames, none missing, up to
// the last one. It fails with ErrChanged if it is not, and with the first error of f.
func eachSound(o *orderedReader, last uint64, f func(reading) error) error {
	for {
		r, err := o.next()
		switch {
		case err != nil && !errors.Is(err, io.EOF):
			return err
		case r.unreadable > 0 || r.missing > 0 || r.repeated:
			return fmt.Errorf("%w: what was written is not all there behind record %d", ErrChanged, o.last-r.missing)
		case err != nil && o.last != last:
			return fmt.Errorf("%w: it ends behind record %d, and %d were written", ErrChanged, o.last, last)
		case err != nil:
			return nil
		}
		if err := f(r); err != nil {
			return err
		}
	}
}
