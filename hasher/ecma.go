package hasher

import "hash/crc64"

// CRC-64/ECMA by folding.
//
// A CRC is the remainder, by the polynomial P, of the bytes taken as one polynomial over GF(2). The remainder stays
// the same when a piece of 128 bits is taken away and added again, times x^d mod P, to the piece d bits further on.
// That is a fold. It costs two carry-less multiplications, one for each half of the piece, and folds of neighbouring
// pieces do not wait for each other. The method is that of "Fast CRC Computation for Generic Polynomials Using
// PCLMULQDQ Instruction" (Intel, 2009), in the form for a reflected CRC:
//
//	first 8 bytes ^= ^crc                                            go on from the bytes before
//	next = clmul(piece.lo, K(d)) ^ clmul(piece.hi, K'(d)) ^ data     as long as there is data
//	crc  = ^(last piece * x^64 mod P)                                by Barrett, without a division
//
// A piece lies in a register as in memory: its first byte is the lowest, and its lowest bit the highest power of x.
// So lo is the more significant half, and a product of two halves, being 127 bits wide, comes out times x; this is
// why the exponents of K and K' are one less than one expects.
//
// The kernels take whole pieces. The table of the standard library takes what is too short for them, and the last 15
// bytes at most.

// ecmaTable belongs to the reflected polynomial ECMA-182. The standard library knows it by its content and
// works on eight bytes a step.
var ecmaTable = crc64.MakeTable(crc64.ECMA)

// ecmaFold is what the kernels multiply by. The assembly finds the fields by their names.
var ecmaFold = foldConstants{
	by4096:  multiplier{0x6b6563c31e5df640, 0x430af18f45bfec70},
	by2048:  multiplier{0x8260adf2381ad81c, 0xf31fd9271e228b79},
	by1024:  multiplier{0x8757d71d4fcc1000, 0xd7d86b2af73de740},
	by512:   multiplier{0x6ae3efbb9dd441f3, 0x081f6054a7842df4},
	by384:   multiplier{0xb5ea1af9c013aca4, 0x69a35d91c3730254},
	by256:   multiplier{0x60095b008a9efa44, 0x3be653a30fe1af51},
	by128:   multiplier{0xe05dd497ca393ae4, 0xdabe95afc7875f40},
	barrett: multiplier{0x9c3e466c172963d5, 0x92d8af2baf0e1e85},
}

// foldConstants follow from the polynomial alone; a test derives them. Their order matters in one place: by384, by256,
// by128 and byNone are the multipliers of the four lanes of 512 bits that become one.
type foldConstants struct {
	by4096, by2048, by1024, by512 multiplier
	by384, by256, by128, byNone   multiplier
	barrett                       multiplier
}

// multiplier moves a piece of 128 bits d bits on: {K(d), K'(d)}, the reflected x^(d+63) and x^(d-1) mod P, for its
// low and its high half. In barrett it is the quotient x^128 / P and P itself, both reflected in 65 bits of which the
// 64 lowest are kept.
type multiplier [2]uint64

const (
	// foldPiece is what every kernel takes a multiple of, in bytes.
	foldPiece = 16

	// foldStretch is how many bytes a kernel takes at once at most. A goroutine cannot be stopped in assembly: this
	// is how long the collector may have to wait for it, 50 microseconds at 20 GB/s.
	foldStretch = 1 << 20
)

// kernel is one way of folding that this machine has.
type kernel struct {
	name  string
	least int // bytes, from which on it is faster than the next one; no less than it needs

	// fold returns the CRC of the bytes summed up so far, whose CRC is crc, followed by p: at least least bytes, a
	// multiple of foldPiece. It reads nothing beyond p, and has no state that a fault could leave behind.
	fold func(crc uint64, p []byte) uint64
}

// take folds the front of p into crc, as much as the kernel can, and returns the rest.
func (k kernel) take(crc uint64, p []byte) (uint64, []byte) {
	for len(p) >= k.least {
		n := min(len(p), foldStretch) &^ (foldPiece - 1)
		crc, p = k.fold(crc, p[:n]), p[n:]
	}
	return crc, p
}

// updateECMA returns the CRC-64/ECMA of the bytes summed up so far, whose CRC is crc, followed by p. The CRC of
// nothing is 0.
//
// It is the only place that knows how this CRC is computed.
func updateECMA(crc uint64, p []byte) uint64 {
	for _, k := range ecmaKernels {
		crc, p = k.take(crc, p)
	}
	return crc64.Update(crc, ecmaTable, p)
}
