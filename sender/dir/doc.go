// Package dir is a store in a directory: the key of an object is its path below the root.
//
// An object becomes visible by one rename, after its bytes are on the disk; one that is to be new, by one hard link,
// which never takes another's place. What it takes until then lies in a hidden staging folder below the root:
//
//	ROOT/
//	  2026/a.parquet          an object
//	  .ingest/                the staging folder; removed by Close when it is empty
//	    put-<random>          an object of one request on its way
//	    <upload id>/          an upload: 128 random bits in hex
//	      meta                as JSON: {"version":1,"key":"2026/b.parquet","begun":"2026-01-31T12:00:00Z"}
//	      data                the bytes; each part is written where it belongs
//	      parts               the log of the parts that data holds
//
// The log is a sequence of records of 48 bytes, little-endian:
//
//	offset size
//	     0    4  1: data holds the part; 2: data holds it no more
//	     4    4  the record's position in the log, from 0
//	     8    8  number of the part
//	    16    8  offset of its first byte in the object
//	    24    8  its size
//	    32    8  CRC-64/NVME of its bytes, as they were written
//	    40    8  CRC-64/NVME of the upload's id and of the bytes 0 to 39
//
// A record of kind 1 is written after the bytes it speaks of are on the disk. Before bytes are written over a part of
// the log, a record of kind 2 is on the disk. So a part that the log holds is in data, whole, whenever the power
// fails. Records that fail their checksum are cut off the end; before the end they are damage, as are records at
// another's position, and then the upload holds no part.
//
// The law of the package: what is visible is whole, is on the disk, and has the checksum that the receipt says, which
// is taken of the bytes that were written.
//
// # Assumptions
//
// A rename is atomic, and fsync means it; file systems without fsync are trusted. All folders below the root are on
// one file system. Nobody else writes into the staging folder, and one process at a time writes an upload. Where names
// are the same in upper and lower case, so are keys. A folder in the way of a key fails that key: "a" and "a/b" cannot
// both be objects. Symbolic links are followed inside the root and nowhere else.
package dir
