package checksum

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"github.com/ingest-dev/ingest/hasher"
)

// Part is the checksum of one part, and how many bytes it covers.
type Part struct {
	Sum  []byte
	Size int64
}

// Join returns the checksum of the object that the parts make, in order. A [Composite] is returned without the
// "-N" that stands behind it on the wire.
func Join(a Algorithm, k Kind, parts []Part) ([]byte, error) {
	if !a.Allows(k) {
		return nil, fmt.Errorf("%s of kind %s: %w", a, k, ErrUnknown)
	}
	if k == Composite {
		return composite(a, parts), nil
	}
	if a == CRC32 {
		return joinIEEE(parts), nil
	}
	return joinCRC(a, parts)
}

func composite(a Algorithm, parts []Part) []byte {
	h := a.New()
	for _, p := range parts {
		_, _ = h.Write(p.Sum)
	}
	return h.Sum(nil)
}

func joinCRC(a Algorithm, parts []Part) ([]byte, error) {
	as := map[Algorithm]hasher.Algorithm{CRC32C: hasher.CRC32C, CRC64NVME: hasher.CRC64NVME}[a]
	var whole hasher.Whole
	for _, p := range parts {
		c, err := hasher.FromBytes(as, p.Sum)
		if err != nil {
			return nil, err
		}
		if err := whole.Add(c, p.Size); err != nil {
			return nil, err
		}
	}
	sum := whole.Sum()
	return sum.Bytes(), nil
}

// joinIEEE is here because hasher, which serves the wire of uploads, has no CRC-32.
func joinIEEE(parts []Part) []byte {
	var whole uint32
	for _, p := range parts {
		whole = shift(whole, p.Size) ^ binary.BigEndian.Uint32(p.Sum)
	}
	return binary.BigEndian.AppendUint32(nil, whole)
}

// shift returns the CRC register after n more zero bytes: crc times x^(8n), modulo the polynomial.
func shift(crc uint32, n int64) uint32 {
	power := uint32(1 << 23) // x^8 in reflected order, where x^0 is the top bit
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			crc = multiply(crc, power)
		}
		power = multiply(power, power)
	}
	return crc
}

// multiply multiplies two polynomials over GF(2) in reflected order, modulo that of CRC-32.
func multiply(a, b uint32) uint32 {
	var product uint32
	for ; a != 0; a <<= 1 {
		if a&(1<<31) != 0 {
			product ^= b
		}
		carry := b & 1
		b = b>>1 ^ carry*crc32.IEEE
	}
	return product
}
