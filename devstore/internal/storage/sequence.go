package storage

import (
	"crypto/md5" // Content-MD5
	"encoding"
	"fmt"
	"hash"
	"io"
	"os"
)

// inSequence returns why a part may not come now: those of a sequential upload come once, one after the other.
func (u *Upload) inSequence(number int) error {
	switch {
	case !u.Sequential, number == len(u.parts)+1:
		return nil
	case number <= len(u.parts):
		return ErrPartExists
	}
	return ErrPartSequence
}

// continueMD5 returns the state of the MD5 of all parts of a sequential upload up to a staged one, which is next. With
// it in the part's record, a completion has the MD5 of the whole and reads nothing.
func (u *Upload) continueMD5(number int, s *Staged) ([]byte, error) {
	if !u.Sequential {
		return nil, nil
	}
	h, err := resumeMD5(u.parts[number-1].MD5State)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(u.b.blobPath(s.blob))
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	if _, err := io.Copy(h, f); err != nil {
		return nil, err
	}
	return h.(encoding.BinaryMarshaler).MarshalBinary()
}

func resumeMD5(state []byte) (hash.Hash, error) {
	h := md5.New()
	if len(state) == 0 {
		return h, nil
	}
	if err := h.(encoding.BinaryUnmarshaler).UnmarshalBinary(state); err != nil {
		return nil, fmt.Errorf("%w: MD5 of the parts before: %w", ErrDamaged, err)
	}
	return h, nil
}

// wholeMD5 returns the MD5 of an object of these parts, nil if they are not all parts of a sequential upload as far as
// the last of them.
func (u *Upload) wholeMD5(parts []Part) (*MD5, error) {
	n := len(parts)
	if !u.Sequential || n == 0 || parts[n-1].Number != n {
		return nil, nil
	}
	h, err := resumeMD5(parts[n-1].MD5State)
	if err != nil {
		return nil, err
	}
	return new(MD5(h.Sum(nil))), nil
}
