// Package null is an object store that keeps nothing, in the dialects of S3 and of OSS: what is measured against it
// is the client's cost, and as little as can be of the store's.
//
//	listener: bodies may be dropped in the kernel -> Store: PUT, uploads -> receipt: the checksum sent, or one taken
//
// It checks no signature. A checksum that an S3 client sends with a body is believed and said again. An OSS client
// sends none: where [Store].CRC64 is set the store takes the CRC-64/ECMA of what arrives, of parts and of the whole.
// Of an upload it remembers the parts' checksums, of an object nothing: every HEAD and GET is "not found", every
// listing empty.
package null
