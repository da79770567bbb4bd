// Package storage keeps buckets, objects and multipart uploads in a directory, and knows nothing of HTTP.
//
// # The law
//
// What an operation has answered survives a crash, and what it has not answered is there whole or not at all.
// Two things make it so. Content is written first, into files that nothing names yet; and the small record that
// names it is published by a rename, after everything that it names is on the disk.
//
// # On disk
//
//	DIR/.devstore.lock                    held while a Store is open
//	DIR/.devstore-tmp-*                   buckets being made or removed; cleaned at Open
//	DIR/<bucket>/bucket.json              the bucket's own record
//	DIR/<bucket>/objects/<hh>/<hash>      an object's record; <hash> is SHA-256 of the key in hex, <hh> its first byte
//	DIR/<bucket>/data/<hh>/<id>           content, written once; <id> is random, <hh> its first byte
//	DIR/<bucket>/uploads/<ID>/upload.json an open upload's record
//	DIR/<bucket>/uploads/<ID>/<nnnnn>     a part's record
//	DIR/<bucket>/tmp/                     records being written, uploads being removed; cleaned at Open
//
// A record is one line of JSON. Behind the line of an object's record stands the content itself where it is at
// most 64 KiB: a small object is one file. A larger object's record lists its extents, the content files that it
// consists of, in order: one for an object that was put, one for each part of an object that was uploaded in
// parts. To complete an upload is therefore to write one record; no byte is copied.
//
// Fields are added to records and never change their meaning: what an older server wrote is read.
//
// A key is never a file name, so no key can leave the directory, collide on a file system that folds case, or be
// too long for one.
//
// # After a crash
//
// Open finds one of these, and each has one meaning:
//
//	something in tmp/, or .devstore-tmp-*        it was never published: removed
//	content that no record names                 it was never published, or is replaced: removed
//	an open upload that an object's record names the upload was completed: removed
//	a part's record whose content is missing     the upload was being removed: the part is forgotten
//
// # In memory
//
// The keys of a bucket are held sorted in memory with what a listing shows of them, about 200 bytes and the key
// for each object; Open reads the first line of every record. Content and records are read from the disk when
// they are asked for, and a reader keeps what it reads from being removed until it is closed.
package storage
