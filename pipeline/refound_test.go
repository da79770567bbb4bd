package pipeline

import (
	"testing"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// made puts an object into the store that bears the token of the job's only row, as if an earlier run had made it and
// its journal had lost that.
func (l *lab) made(key string, data []byte) {
	l.Helper()
	l.with(func(job Job) {
		r, err := New(job)
		if err != nil {
			l.Fatal(err)
		}
		for row, err := range job.Manifest.Rows(l.Context()) {
			if err != nil {
				l.Fatal(err)
			}
			f := r.newFile(row)
			defer f.close()
			if err := r.openSource(l.Context(), f); err != nil {
				l.Fatal(err)
			}
			if err := r.decide(f); err != nil {
				l.Fatal(err)
			}
			o := sender.Object{Key: key, Size: int64(len(data)), Metadata: f.object.Metadata}
			if _, err := l.memory.Put(l.Context(), &o, sendertest.Payload(data, l.memory.Wire())); err != nil {
				l.Fatal(err)
			}
		}
	})
}

// The upload of a large row is refused for an object of the job's own. One look at it decides what that means.
func TestOwnObjectThatRefusesItsUploadIsAskedForTwice(t *testing.T) {
	for name, c := range map[string]struct {
		seed uint64
		sent int64
	}{
		"whole":  {seed: uint64(len("large")) + 10*partSize, sent: 0},
		"spoilt": {seed: 7, sent: 10},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			l.options.IfExists = Fail
			l.file("large", 10*partSize)
			l.made("large", sendertest.Bytes(c.seed, 10*partSize))
			p := l.finish()
			if asked := l.faults.Calls(sendertest.Head); p.SentParts != c.sent || asked != 1 {
				t.Errorf("%d parts were sent, want %d; the object was asked for %d times, want once", p.SentParts, c.sent, asked)
			}
		})
	}
}
