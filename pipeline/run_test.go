package pipeline

import (
	"errors"
	"testing"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/reader"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

func TestEveryRowArrives(t *testing.T) {
	for _, mode := range []reader.Mode{reader.Pread, reader.Mmap} {
		t.Run(mode.String(), func(t *testing.T) {
			l := newLab(t)
			l.mode = mode
			parts := l.mixed()
			p := l.finish()
			if p.SentParts != parts || p.ResumedParts != 0 || p.SentBytes != p.Bytes {
				t.Errorf("sent %d parts, want %d: %+v", p.SentParts, parts, p)
			}
		})
	}
}

func TestSecondRunSendsNothing(t *testing.T) {
	l := newLab(t)
	l.mixed()
	first := l.finish()
	second := l.finish()
	if second.SentParts != 0 || second.Skipped != first.Rows || second.Bytes != first.Bytes {
		t.Errorf("%+v", second)
	}
}

func TestObjectPropertiesArrive(t *testing.T) {
	l := newLab(t)
	for name, n := range map[string]int64{"small": 10, "large": 3 * partSize} {
		l.file(name, n, `"key":"k/`+name+`"`, `"content_type":"text/x"`, `"metadata":{"a":"b"}`)
	}
	l.finish()
	for _, key := range []string{"k/small", "k/large"} {
		info, err := l.memory.Head(t.Context(), key)
		kind, _ := l.memory.ContentType(key)
		if err != nil || info.Metadata["a"] != "b" || kind != "text/x" {
			t.Errorf("%s: %+v, %q, %v", key, info, kind, err)
		}
	}
}

func TestPanicInAStepFailsItsRow(t *testing.T) {
	l := newLab(t)
	l.mixed()
	l.faults.When(sendertest.Put, func(n int) sendertest.Fault {
		if n == 2 {
			panic("on purpose")
		}
		return sendertest.Fault{}
	})
	p, err := l.run()
	if err != nil || p.Done != 7 || p.Failed != 1 {
		t.Fatalf("%+v, %v", p, err)
	}
}

func TestPartSizeThatTheStoreRefusesIsAnOptionError(t *testing.T) {
	for _, o := range []Options{{PartSize: 5<<30 + 1}, {PartSize: 1}, {Parallel: -1}} {
		err := o.Check(sender.Limits{MinPart: 100 << 10, MaxPart: 5 << 30})
		if !errors.Is(err, ErrOption) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func TestEventsComeInJournalOrder(t *testing.T) {
	l := newLab(t)
	l.mixed()
	l.finish()
	if l.saw(Settled) != 8 {
		t.Errorf("%d of 8 rows settled", l.saw(Settled))
	}
	for _, e := range l.events {
		if e.Status != journal.Done || e.Key == "" {
			t.Errorf("%+v", e)
		}
	}
}
