// Package bench measures how fast a store takes objects: through the stack of decorators that a run uses, with
// checksums taken and requests signed as in a run, and with data that are made in memory or read from files.
//
//	Work -> queue -> [open] -> worker: read -> hash -> wait -> send -> timeline: rates with a confidence interval
//	flows   units    upload    one for each part in flight            sketches: latencies of each stage
//
// A [Work] is what is sent, for ever: flows of objects side by side, each with its share. An object smaller than a
// part is one request; another is an upload whose parts are sent and which is then aborted instead of completed, so
// that large data are never visible. Package tune, below this one, searches the best setting by measuring.
//
// The laws of the package:
//
//   - Nothing is touched that is not its own: every key lies below [Options].Prefix, which the caller makes unique,
//     and [Bench.Clean] removes what is there, and says what it could not remove.
//   - What is counted was taken by the store, with a receipt that does not contradict its checksum. A request that
//     fails for good ends the measurement: a rate of failures is none.
//   - Bytes made in memory are random, and no two blocks of them are the same as long as the process lives: no store
//     can compress them, or know them again.
//   - The start is left out: connections, first uploads, the store's own warming up.
//   - A part counts over the time that it took, not at its end. So neither the last parts of a short measurement are
//     lost, nor do a few large ones come in gusts.
package bench
