// Package devstore is an object store in a directory, for trying, rehearsing and testing what is meant for Alibaba
// Cloud OSS or Amazon S3. A [Server] is an http.Handler that speaks both dialects on one port; the official clients
// of both take it for the real thing:
//
//	OSS   signatures V1 and V4, in headers and in the query; path style and virtual-host style
//	S3    signature V4, in headers and in the query; aws-chunked bodies, signed or not; checksums in headers and trailers
//
//	request ─> internal/wire: bucket and key ─> internal/auth: whose? ─> internal/oss or internal/s3 ─> internal/storage
//
// What the two dialects do alike is in internal/dialect.
//
// # What it does
//
// Buckets: list, make, look up, remove, location, ACL, versioning; of OSS also info and stat. Objects: put, get with a
// range and conditions, head, delete one or many, copy, list in both versions with prefix, delimiter and pages, tags,
// ACL. Multipart uploads: initiate, parts, copied parts, list parts, list uploads, complete, abort; of OSS also
// sequential ones. Status codes, headers, XML, error codes and ETags are those of the dialect that asks; what one
// dialect stores, the other reads.
//
// What a client may ask for besides: not to overwrite, by x-oss-forbid-overwrite where the bucket has no versions, by
// If-None-Match and If-Match; callbacks of OSS, which are really made, to loopback addresses unless
// [Options.CallbackAnywhere] is set; traffic limits of OSS, which really slow the body; server-side encryption, with a
// key of the client's too in S3; object lock; tags, ACLs and storage classes with the object; keys that expire, which
// [Options.Temporary] gives.
//
// It streams: an object of any size needs a buffer of 256 KiB. It survives a crash at any instant: what it has
// answered is there after it, whole. How is told by internal/storage, which also describes the directory.
//
// # What it does not do
//
//   - It is not for production: one directory, one account, no replication, no encryption, no quota.
//   - Who knows the access key may do everything, and nobody else anything. ACLs are kept and shown; they admit nobody.
//   - Storage classes are kept and shown; an archived object is read without restoring it.
//   - Server-side encryption is kept and shown, and nothing is encrypted; ETags are as without it. A key that an S3
//     client brings must be brought again, over plain HTTP too; a salted hash of it is all that is kept.
//   - Object lock of S3 needs no bucket made for it. As there is one version of an object, a lock keeps that one from
//     being overwritten and deleted, which a service would allow; nothing bypasses or ends it before its time.
//   - Who pays for a request is answered, and nobody pays.
//   - Versioning is kept and shown, and gives objects ids; an object has one version all the same, the newest. What is
//     overwritten or deleted is gone.
//   - Callbacks are not signed: only Alibaba Cloud has the key.
//   - Not done, and answered with 501 NotImplemented, naming what was asked for: AppendObject, PostObject forms,
//     symbolic links, listing and reading of versions, lifecycle, policies, CORS, web sites, logging, events, default
//     encryption and locks of buckets, grants, SelectObject, image processing, object attributes, STS itself.
//   - Not simulated: other regions, prices. Throttling, outages, delays and worse are there for who asks for them.
//
// # What goes wrong
//
// [Options.Faults] is a script of what is to go wrong: package fault tells what can. It is a layer in front of the
// store, in internal/rehearsal; a server without it answers as if there were none.
//
// It does not listen: give it to an http.Server, on a loopback address unless others are to reach it. It speaks
// plain HTTP; put TLS before it if you need that.
package devstore
