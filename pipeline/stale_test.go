package pipeline

import (
	"testing"

	"github.com/ingest-dev/ingest/sender/sendertest"
)

// The object became visible, nobody noted that, and then the source was rewritten: the object is one of old bytes.
func TestObjectOfARewrittenSourceIsNotTakenForIt(t *testing.T) {
	l := newLab(t)
	l.file("large", 10*partSize)
	l.diesAfterComplete()
	data := sendertest.Bytes(5+10*partSize, 10*partSize)
	data[7] ^= 1
	l.write("large", data)
	if p := l.finish(); p.SentParts != 10 || p.ResumedParts != 0 {
		t.Errorf("%+v", p)
	}
}

// A store that will not abort still has the upload: the journal goes on to know it, so that it can be aborted later.
func TestUploadThatCannotBeAbortedStaysInTheJournal(t *testing.T) {
	l := newLab(t)
	l.file("large", 10*partSize)
	l.faults.Always(sendertest.SendPart, sendertest.Fault{Flip: true})
	l.faults.Always(sendertest.Abort, sendertest.Fault{Fail: errBroken})
	l.failure("StoredCorrupt")
	l.with(func(job Job) {
		if job.Known.Upload(1) == nil || l.memory.OpenUploads() != 1 {
			t.Errorf("the journal knows %v, and %d are open", job.Known.Upload(1), l.memory.OpenUploads())
		}
	})
}
