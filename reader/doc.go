// Package reader opens the files that are to be stored and hands out parts of them as bytes in memory.
//
//	Open ─ openat, fstat ─> Source ─ Read(offset, n) ─> Chunk ─ Bytes, Release
//	                          │                           │
//	                          └ Identity, Unchanged       └ a pooled buffer (pread), or a window on the file (mmap)
//
// The law of the package: what it hands out is a range of the file that was opened, whole, or an error. A file that
// ends too early is never padded, a file that is replaced is never mixed with its successor, and memory is bounded:
// at most Options.Buffers chunks are out at once, whatever the size and number of the files.
//
// # What a Source proves
//
// A file may change while it is read, and no read can exclude it. Identity is what fstat said at Open: device, inode,
// size, and the times of the last change of the bytes (mtime) and of the inode (ctime, which a program cannot set
// back). [Source.Unchanged] asks again, the descriptor and the path, and says what is different. Who asks after the
// last byte was read, and before anything becomes visible, never stores a mix of two states, if the source was found
// at rest before the first: see [Source.AtRest]. What can escape it is a program that writes through a mapping of
// its own. The system notes the time of its first write to a page, and of none that follows until the page has been
// written back.
//
// # Pread or mmap
//
// With pread the bytes are a copy, and stay as they are. With mmap there is no copy, but they are the file itself:
// bytes that are written into the file later show, and where the file was cut short there are zeros up to the end
// of its last page, and a fault (SIGBUS) beyond. So the bytes of a mapped chunk may be touched under [Guard] only,
// which makes an error of a fault, or by the kernel: a write(2) of them fails with EFAULT. A copy, a hash or a TLS
// record that is made of them on a goroutine without Guard can end the process. What was hashed may differ from
// what is sent a moment later: the store's checksum of the part tells. Where no checksum would, or too late, the
// bytes are to be a copy: see [Source.Copy].
//
// [Auto] decides for each part:
//
//   - fewer than 2 MiB: pread. To set up a mapping and to take it down again costs more than to copy so little.
//   - 2 MiB or more, file system known to be local: mmap. On Linux these are ext2, ext3, ext4, xfs, btrfs, f2fs, zfs,
//     tmpfs and overlayfs; on macOS all that are mounted as local.
//   - everything else, such as nfs, cifs, smb, fuse and what is not known: pread. There a page may take long or fail
//     to come, and a copy waits for it in one place, with an error.
//
// Measured by BenchmarkAutoThreshold (2 cores, ext4, page cache, hashed by XXH3 and CRC-64/NVME, 16 chunks at a
// time) in milliseconds of CPU a GiB:
//
//	part     256 KiB  512 KiB  1 MiB  2 MiB  4 MiB  8 MiB  16 MiB
//	pread        172      180    176    197    209    270     287
//	mmap         182      154    147    121    115    114     113
//
// Small buffers stay in the processor's cache, large ones do not; with mappings it is the other way round, as each
// one costs the same. On an idle machine the two are equal at 1 MiB, so Auto begins above.
//
// On Linux a window whose pages are not all in the page cache is populated before it is handed out: in a system call,
// where waiting for the disk holds up one goroutine; a fault would hold up a processor. A window that cannot be
// mapped or populated is read by pread instead, which can say why.
//
// mmap is for Linux and macOS. Elsewhere every mode reads into buffers.
package reader
