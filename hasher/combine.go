package hasher

import (
	"errors"
	"fmt"
	"hash/crc32"
	"hash/crc64"

	"github.com/minio/crc64nvme"
)

// ErrNotCombining is returned when the checksum of two ranges together does not follow from theirs: they are of
// different algorithms, of one that does not combine, or one of them is missing.
var ErrNotCombining = errors.New("checksums do not combine")

// polynomial is that of a CRC, reflected: of the width lowest bits the highest stands for x^0, the lowest for
// x^(width-1); the term x^width is left out.
type polynomial struct {
	terms uint64
	width uint
}

var polynomials = [...]polynomial{
	CRC64ECMA: {crc64.ECMA, 64},
	CRC64NVME: {crc64nvme.NVME, 64},
	CRC32C:    {crc32.Castagnoli, 32},
}

// multiply returns a*b modulo p: b, b*x, b*x^2 ..., each taken if a has that power of x.
func (p polynomial) multiply(a, b uint64) uint64 {
	var product uint64
	for i := p.width; i > 0; i-- {
		product ^= b & -(a >> (i - 1) & 1)
		b = b>>1 ^ p.terms&-(b&1)
	}
	return product
}

// shift returns x^(8n) modulo p: what a CRC is multiplied by when n bytes follow.
func (p polynomial) shift(n int64) uint64 {
	one := uint64(1) << (p.width - 1)
	power, square := one, one>>8
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			power = p.multiply(power, square)
		}
		square = p.multiply(square, square)
	}
	return power
}

// Combine returns the checksum of a range of bytes and the secondLen bytes after it, out of the checksums of the
// two. It fails with [ErrNotCombining].
//
// A CRC is a remainder: the first one times x^(8*secondLen), plus the second one, is that of both.
func Combine(first, second Checksum, secondLen int64) (Checksum, error) {
	if err := combinable(first, second, secondLen); err != nil {
		return Checksum{}, err
	}
	p := polynomials[first.Algorithm]
	return combine(p, first, second, p.shift(secondLen)), nil
}

func combinable(first, second Checksum, secondLen int64) error {
	switch {
	case first.Algorithm != second.Algorithm:
		return fmt.Errorf("%s and %s: %w", first.Algorithm, second.Algorithm, ErrNotCombining)
	case !first.Algorithm.Combines():
		return fmt.Errorf("two of %s: %w", first.Algorithm, ErrNotCombining)
	case secondLen < 0:
		return fmt.Errorf("a range of %d bytes: %w", secondLen, ErrNotCombining)
	}
	return nil
}

func combine(p polynomial, first, second Checksum, shift uint64) Checksum {
	return FromUint64(first.Algorithm, p.multiply(shift, first.Uint64())^second.Uint64())
}
