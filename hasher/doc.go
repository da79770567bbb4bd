// Package hasher takes checksums of bytes: once, in one pass, for whoever asks later.
//
// A part is hashed block by block, every wanted algorithm over a block while it is in the cache: XXH3 for the
// journal and the resume, the wire checksum for the store, and what the manifest's row states. The checksum of a
// whole object is combined from those of its parts where the algorithm allows it (the CRCs), so that no byte is
// read twice.
//
//	Sum     a range in memory: a part, a small file      -> Sums
//	Digest  a stream, written piece by piece             -> Sums
//	Whole   the Checksums of the parts, in their order   -> the object's Checksum
//
// The law of the package: a [Checksum] says which algorithm it is of, and two checksums are compared only if
// their algorithms are the same. "Not known" is the zero Checksum and never equal to a known one.
//
// What it costs, on one core with AVX-512, of 16 MiB in memory: XXH3 alone 24 GB/s, either CRC-64 25, CRC-32C 17,
// SHA-256 1.4, MD5 0.65; XXH3 and a CRC-64 together 17 instead of the 12 that two passes give. What the cache holds
// goes faster: of 1 MiB, XXH3 51 GB/s and CRC-64/ECMA 80, or 22 with 128-bit registers only.
package hasher
