// Package journal is the memory of a run: which rows are settled, which uploads are open, which parts a store has.
//
// The law of the package: the journal may forget; it never lies. A record that a crash, a full disk or a damaged
// sector takes away costs work that is done again. A record that is read was written, whole, into this journal,
// in this place of the order. FORMAT.md, beside this file, specifies the bytes and what is believed of a damaged
// file, and why.
//
// A journal is a header and then frames, one record each:
//
//	header   magic, version, random id, job, checksum
//	frame    sync bytes, type, length, sequence number, payload, checksum seeded by the journal's id
//	frame    ...
//
// [Open] takes the lock, replays the file into a [State], repairs what a crash left, and hands out the [Journal].
// [Journal.Append] only encodes into a buffer. One goroutine writes the buffer and syncs the file: at most every
// [Options.Commit], or at once for a caller that waits in [Journal.Sync]. What a sync vouches for has been read back
// from the file that has the journal's name. After the first write or sync that fails nothing is tried again: the
// journal is dead ([ErrDead]), and the next Open starts from what is on the disk.
//
// What the journal asks of its writer is small. An upload's [Begun] is synced before its first part is sent. Of a row
// that is stored, with any [Status] but [Failed], this is not taken back; [Journal.Append] refuses what would.
package journal
