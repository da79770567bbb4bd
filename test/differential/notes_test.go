package differential

import "fmt"

// preface says what was done, and what the words mean.
func preface() string {
	return fmt.Sprintf(`Each cell is one client process, one store and one network. It uploads a file of %d parts of %d MiB, the last one short
(%d bytes; %d such parts where the file changes in mid-upload; small: %d bytes), with %d parts in flight and its checkpoint on.
An older object lies under the key. A client that does not finish is run again without the fault, up to twice. What came
of it is read from the store, not from what the client says.

| outcome | meaning |
|---|---|
| finished | exit 0, and the object is whole |
| failed | exit not 0, and the older object is untouched: an honest failure |
| false alarm | exit not 0, although the object is whole |
| not proven | the same, but said: the object is stored, and the store offers nothing to prove it by |
| **lied** | exit 0, and the object is missing or wrong |
| **spoiled** | exit not 0, and a wrong object has replaced the older one |
| **hung** | not ended after %v (Complete: %v); then killed |
| **crashed** | a panic, or a signal that nobody sent |
| n %% sent again | bytes of parts and objects that reached the store beyond those of the file, all runs together; a client that is killed has up to %.0f %% in flight |
| n left open | multipart uploads that are still there when all is over |
| not struck | the client never sent the request that the fault is about |

`, parts, partSize>>20, large, long/partSize, small, parallel, patience, completePatience, 100*float64(parallel*partSize)/large)
}

// notes are what is fair to know of the clients.
const notes = `Notes

- The AWS SDK has no checkpoint: run again, it begins again. Where it fails by itself it aborts its upload.
- The OSS SDK for Go v1 retries no request, and has no setting for it that is read. It always sends parts, also of a small file.
- ali-oss leaves it to its caller to keep the checkpoint. Here the caller is forty lines of JavaScript that write it in the
  progress callback, as its README shows, begin anew if it cannot be parsed, and fail if it cannot be written.
- ali-oss does not compare checksums of what it uploads. The OSS SDKs for Go do by default.
- With a full disk the OSS SDKs for Go go on without a checkpoint, and do not say so; ingest and the ali-oss caller refuse.
- Where a fault lasts for seconds, whether a client of few attempts outlasts it is partly luck; so are shares of bytes sent again.
- S3 is documented to answer Complete with 200 and an error; OSS is not. A middlebox can answer anything.
- A clean 200 with nothing of the store in it is what captive portals and misconfigured proxies answer.
- A hidden flip is one that the part's answer does not show: only a checksum of the whole object does.
- What clients print at their most talkative is meant for debugging; whoever turns it on must expect the requests in it.
- ingest that exits 4 as its journal can no longer be written finishes what is in flight. If these were the last parts, the
  object is there, and only the journal does not know of it.
`
