package pipeline

import (
	"fmt"
	"os"
	"testing"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// The answers to all Completes are lost. Each is settled by one question; no byte is sent again.
func TestEveryLostCompleteIsSettledByOneQuestion(t *testing.T) {
	rows := 150
	if os.Getenv("INGEST_TORTURE") != "" {
		rows = 1000
	}
	for _, wire := range []hasher.Algorithm{hasher.CRC64ECMA, hasher.MD5} {
		t.Run(wire.String(), func(t *testing.T) {
			var counters sender.Counters
			l := newLabOn(t, sendertest.NewMemoryWith(sendertest.MemoryOptions{Wire: wire}))
			l.options.Parallel, l.options.Retries = 16, 0
			l.stack = sender.Options{Counters: &counters}
			for i := range rows {
				l.file(fmt.Sprint("f", i), 2*partSize)
			}
			l.faults.Always(sendertest.Complete, sendertest.Fault{Lose: true})
			p, err := l.run()
			n := int64(rows)
			if err != nil || p.Done+p.Unverified != n || p.SentBytes != 2*n*partSize {
				t.Fatalf("%+v, %v", p, err)
			}
			if counters.Settled.Load() != n || counters.BytesSent.Load() != 2*n*partSize || counters.BytesLost.Load() != 0 {
				t.Errorf("%d settled, %d bytes sent", counters.Settled.Load(), counters.BytesSent.Load())
			}
			asked := 2 * n // Begin, two parts, Complete; Head, and Abort, lest the object be an equal one of before
			if wire == hasher.MD5 {
				asked = 3 * n // it is not that of the whole: the proof asks once more, in vain
			}
			if got := counters.Requests.Load(); got != 4*n+asked {
				t.Errorf("%d requests, want %d", got, 4*n+asked)
			}
			t.Logf("%d of %d lost answers settled, %d requests", n, n, counters.Requests.Load())
		})
	}
}

// The same for files that are one request.
func TestEveryLostPutIsSettledByOneQuestion(t *testing.T) {
	for name, store := range map[string]sendertest.MemoryOptions{"CRC64ECMA": {}, "MD5": {Wire: hasher.MD5}, "none": {NoChecksum: true}} {
		t.Run(name, func(t *testing.T) {
			l := newLabOn(t, sendertest.NewMemoryWith(store))
			l.options.Retries, l.stack = 0, sender.Options{}
			for i := range 100 {
				l.file(fmt.Sprint("f", i), int64(i))
			}
			l.faults.Always(sendertest.Put, sendertest.Fault{Lose: true})
			p, err := l.run()
			if err != nil || p.Done+p.Unverified != 100 || l.faults.Calls(sendertest.Put) != 100 {
				t.Errorf("%+v, %v, %d puts", p, err, l.faults.Calls(sendertest.Put))
			}
		})
	}
}
