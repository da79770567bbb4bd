package hasher

import "hash/crc64"

// ecmaTable belongs to the reflected polynomial ECMA-182. The standard library knows it by its content and
// works on eight bytes a step.
var ecmaTable = crc64.MakeTable(crc64.ECMA)

// updateECMA returns the CRC-64/ECMA of the bytes summed up so far, whose CRC is crc, followed by p. The CRC of
// nothing is 0.
//
// It is the only place that knows how this CRC is computed: a faster kernel replaces its body, nothing else.
func updateECMA(crc uint64, p []byte) uint64 { return crc64.Update(crc, ecmaTable, p) }
