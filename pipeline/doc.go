// Package pipeline is the story of a run: what happens to a row from the manifest until it is settled.
//
//	manifest rows -> dispatch -> open -> scatter -> [read] -> [hash] -> [send] -> gather -> finish -> settle
//	                   ^         plan |   parts      part      sums     receipt  journal  Complete ^ journal
//	                   |       upload |                                                   compare  | event
//	                   |              +--------- one part: read, hash, send, finish ---------------+   |
//	                   +------------------------- a settled file --------------------------------------+
//
// A row becomes a [file]. One of several parts is scattered into them, and they are gathered into the file again. One
// of a single part takes the lane: the worker that opened it does all the rest, as there is nothing to be shared out.
// Between channels stand steps: plain functions from a job to the same job, which tests call without any channel.
// The ledger alone decides what an outcome means and records it in the journal.
//
// Who moves files from a program of his own calls [Upload] for one, or [Open] for a manifest; the examples are whole.
// [New] is beneath both, for who opens store, journal and reader by himself.
//
// The laws of the package:
//
//   - An error is a value that travels with its job. A step that meets a job with an error passes it on, so every
//     job that was dispatched is settled, and channels are always drained: no send on one needs a way out.
//   - Back-pressure is the channels and the reader's buffers, whose number may move while the run goes; see [flow].
//     Memory is the parts in flight and the files they belong to; nothing is kept per row but a bit. Descriptors are at
//     most three for each part in flight.
//   - An upload's id is durable in the journal before its first part is sent.
//   - An object becomes visible only after its source was seen to be unchanged, and counts as done only when the
//     store's own checksum of the whole equals ours. What is sent and visible in one request is sent from a copy.
//   - What may pass is tried again: an access to a source twice, a request as often as the retries of its row allow.
//     What was cut off by the end of the run has no outcome, and is taken up by the next.
package pipeline
