package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/hasher"
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

func TestStoppedRunGoesOnWhereItWas(t *testing.T) {
	l := newLab(t)
	parts := l.mixed()
	var left atomic.Int64 // calls for data until the run is stopped
	var running atomic.Pointer[Runner]
	count := func(int) sendertest.Fault {
		if left.Add(-1) == 0 {
			running.Load().Stop(errBroken)
		}
		return sendertest.Fault{}
	}
	l.faults.When(sendertest.SendPart, count).When(sendertest.Put, count)
	var sent int64
	for runs := 0; ; runs++ {
		left.Store(9)
		p, err := l.run(func(r *Runner) { running.Store(r) })
		sent += p.SentParts
		if err == nil && runs > 2 {
			break
		}
		if !errors.Is(err, ErrStopped) || !errors.Is(err, errBroken) || runs > 20 {
			t.Fatalf("run %d: %v", runs, err)
		}
	}
	l.finish()
	if sent != parts {
		t.Errorf("%d parts were sent, want %d", sent, parts)
	}
}

// A run whose context ends loses no part that was receipted before.
func TestCancelledRunGoesOn(t *testing.T) {
	l := newLab(t)
	l.file("large", 40*partSize)
	ctx, cancel := context.WithCancel(t.Context())
	l.faults.On(sendertest.SendPart, sendertest.Fault{Block: true}, 20, 21, 22)
	l.faults.When(sendertest.SendPart, func(n int) sendertest.Fault {
		if n == 23 {
			cancel()
		}
		return sendertest.Fault{}
	})
	first, err := l.runUnder(ctx)
	if !errors.Is(err, ErrStopped) || first.Failed != 0 {
		t.Fatalf("%+v, %v", first, err)
	}
	second := l.finish()
	if first.SentParts < 15 || first.SentParts+second.SentParts != 40 || second.ResumedParts != first.SentParts {
		t.Errorf("first %+v, second %+v", first, second)
	}
}

func TestOneBadRowStopsNoOther(t *testing.T) {
	l := newLab(t)
	l.mixed()
	l.row("missing")
	l.file("sized", 10, `"size":11`)
	l.file("summed", 10, `"checksum":"md5:00000000000000000000000000000000"`)
	l.file("summed large", 3*partSize, `"checksum":"sha256:`+strings.Repeat("0", 64)+`"`)
	l.file("summed combined", 3*partSize, `"checksum":"crc64ecma:0000000000000000"`)
	if err := os.Mkdir(l.path("directory"), 0o700); err != nil {
		t.Fatal(err)
	}
	l.row("directory")
	p, err := l.run()
	if err != nil || p.Done != 8 || p.Failed != 6 {
		t.Fatalf("%+v, %v", p, err)
	}
	codes := map[string]string{}
	for _, line := range l.report() {
		if line.Error != nil {
			codes[line.Source] = line.Error.Code
		}
	}
	want := map[string]string{
		"missing": "SourceMissing", "sized": "SizeMismatch", "summed": "ChecksumMismatch",
		"summed large": "ChecksumMismatch", "summed combined": "ChecksumMismatch", "directory": "SourceNotRegular",
	}
	if fmt.Sprint(codes) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", codes, want)
	}
	for key := range want {
		if _, err := l.memory.Read(key); err == nil {
			t.Errorf("%q failed and is visible", key)
		}
	}
	if n := l.memory.OpenUploads(); n != 0 {
		t.Errorf("%d uploads of failed sources are left open", n)
	}
}

func TestStatedChecksumsThatHoldPass(t *testing.T) {
	l := newLab(t)
	for _, n := range []int64{0, 100, 5*partSize + 1} {
		for a := hasher.XXH3; a <= hasher.SHA256; a++ {
			name := fmt.Sprintf("%s-%d", a, n)
			data := sendertest.Bytes(uint64(n), n)
			l.write(name, data)
			l.row(name, `"checksum":"`+hasher.Sum(data, hasher.SetOf(a)).Get(a).String()+`"`)
		}
	}
	l.finish()
}

// A failed row is tried again by the next run, and its upload carried on.
func TestFailedRowIsCarriedOn(t *testing.T) {
	l := newLab(t)
	l.file("large", 10*partSize)
	l.faults.On(sendertest.SendPart, sendertest.Fault{Fail: errBroken}, 10)
	p, err := l.run()
	if err != nil || p.Failed != 1 {
		t.Fatalf("%+v, %v", p, err)
	}
	if again := l.finish(); again.SentParts+p.SentParts != 10 || again.SentParts == 10 {
		t.Errorf("sent %d, then %d parts of 10", p.SentParts, again.SentParts)
	}
}

func TestSourceChangedWhileSentIsNeverCompleted(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"truncated": func(p string) error { return os.Truncate(p, 10) },
		"grown":     func(p string) error { return os.Truncate(p, 20*partSize) },
		"replaced": func(p string) error {
			return errors.Join(os.WriteFile(p+".new", sendertest.Bytes(9, 10*partSize), 0o600), os.Rename(p+".new", p))
		},
		"rewritten, mtime put back": func(p string) error {
			info, err := os.Stat(p)
			return errors.Join(err, os.WriteFile(p, sendertest.Bytes(9, 10*partSize), 0o600), os.Chtimes(p, info.ModTime(), info.ModTime()))
		},
		"removed": os.Remove,
	} {
		for _, mode := range []reader.Mode{reader.Pread, reader.Mmap} {
			t.Run(name+"/"+mode.String(), func(t *testing.T) {
				l := newLab(t)
				l.mode = mode
				l.file("large", 10*partSize)
				l.faults.When(sendertest.SendPart, func(n int) sendertest.Fault {
					if n == 5 {
						if err := change(l.path("large")); err != nil {
							t.Error(err)
						}
					}
					return sendertest.Fault{}
				})
				l.failure("SourceChanged")
				if keys := l.memory.Keys(); len(keys) != 0 || l.memory.OpenUploads() != 0 {
					t.Errorf("objects %v, %d uploads open", keys, l.memory.OpenUploads())
				}
			})
		}
	}
}

// Between two runs the source was touched: its bytes are the same, so no part is sent again.
func TestTouchedSourceKeepsItsParts(t *testing.T) {
	l := newLab(t)
	sent := l.interrupted(10)
	if err := os.Chtimes(l.path("large"), time.Time{}, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if p := l.finish(); p.SentParts != 10-sent || p.ResumedParts != sent {
		t.Errorf("%d parts were there: %+v", sent, p)
	}
}

// Between two runs one part of the source was rewritten: that one is sent again, and no mixture becomes visible.
func TestRewrittenPartIsSentAgain(t *testing.T) {
	l := newLab(t)
	sent := l.interrupted(10)
	data := sendertest.Bytes(5+10*partSize, 10*partSize)
	data[7] ^= 1
	l.write("large", data)
	if p := l.finish(); p.SentParts != 10-sent+1 {
		t.Errorf("%d parts were there: %+v", sent, p)
	}
}

func TestGrownSourceKeepsItsWholeParts(t *testing.T) {
	l := newLab(t)
	sent := l.interrupted(10)
	l.write("large", append(sendertest.Bytes(5+10*partSize, 10*partSize), "more"...))
	if p := l.finish(); p.ResumedParts != sent {
		t.Errorf("%d parts were there: %+v", sent, p)
	}
}

func TestShrunkSourceStartsOver(t *testing.T) {
	l := newLab(t)
	l.interrupted(10)
	l.write("large", []byte("small now"))
	l.finish()
}

// interrupted leaves an upload of the file "large", of n parts, open without the last of them: one part is in flight
// at a time, so that they go in their order.
func (l *lab) interrupted(n int64) (sent int64) {
	l.Helper()
	defer func(usual int) { l.options.Parallel = usual }(l.options.Parallel)
	l.options.Parallel = 1
	l.file("large", n*partSize)
	l.faults.On(sendertest.SendPart, sendertest.Fault{Fail: &sender.Error{Kind: sender.StopRun, Code: "AccessDenied"}}, int(n))
	p, err := l.run()
	if sender.KindOf(err) != sender.StopRun || p.SentParts == 0 || p.SentParts == n {
		l.Fatalf("%+v, %v", p, err)
	}
	return p.SentParts
}

func TestForgottenUploadStartsOver(t *testing.T) {
	l := newLab(t)
	l.interrupted(10)
	for u, err := range l.memory.Uploads(t.Context(), "") {
		if err = errors.Join(err, l.memory.Abort(t.Context(), u.Upload)); err != nil {
			t.Fatal(err)
		}
	}
	if p := l.finish(); p.SentParts != 10 || l.saw(Forgotten) != 1 {
		t.Errorf("%+v, %d said so", p, l.saw(Forgotten))
	}
}

// The object became visible, and the process died before it could note that.
func TestCompletedButNotNotedIsNotSentAgain(t *testing.T) {
	l := newLab(t)
	l.file("large", 10*partSize)
	ctx, cancel := context.WithCancel(t.Context())
	l.faults.When(sendertest.Complete, func(int) sendertest.Fault {
		cancel()
		return sendertest.Fault{}
	})
	if _, err := l.runUnder(ctx); !errors.Is(err, ErrStopped) {
		t.Fatal(err)
	}
	l.completeBehindItsBack()
	if p := l.finish(); p.SentParts != 0 || p.ResumedParts != 10 {
		t.Errorf("%+v", p)
	}
}

// completeBehindItsBack completes the one open upload with all of its parts.
func (l *lab) completeBehindItsBack() {
	l.Helper()
	for u := range l.memory.Uploads(l.Context(), "") {
		var c sender.Completion
		for p, err := range l.memory.Parts(l.Context(), u.Upload) {
			if err != nil {
				l.Fatal(err)
			}
			c.Parts = append(c.Parts, p)
		}
		if _, err := l.memory.Complete(l.Context(), u.Upload, &sender.Object{Key: u.Key}, c); err != nil {
			l.Fatal(err)
		}
	}
}

func TestLostCompleteIsSettledByAsking(t *testing.T) {
	l := newLab(t)
	l.file("large", 10*partSize)
	l.faults.On(sendertest.Complete, sendertest.Fault{Lose: true}, 1)
	if p := l.finish(); p.SentParts != 10 || l.faults.Calls(sendertest.Complete) != 1 {
		t.Errorf("%+v, %d completes", p, l.faults.Calls(sendertest.Complete))
	}
}

// The process died after the store had opened an upload, and before the journal knew. The upload is aborted by the
// next run; one of another key is not ours.
func TestUploadThatTheJournalNeverKnewIsAborted(t *testing.T) {
	l := newLab(t)
	l.file("large", 10*partSize)
	l.file("large-too", 1)
	l.faults.On(sendertest.Begin, sendertest.Fault{Lose: true}, 1)
	if p, err := l.run(); err != nil || p.Failed != 1 || l.memory.OpenUploads() != 1 {
		t.Fatalf("%+v, %v, %d uploads", p, err, l.memory.OpenUploads())
	}
	foreign, err := l.memory.Begin(t.Context(), &sender.Object{Key: "large-other"})
	if err != nil {
		t.Fatal(err)
	}
	if p, err := l.run(); err != nil || p.Done != 2 || l.saw(Swept) != 1 {
		t.Fatalf("%+v, %v, %d swept", p, err, l.saw(Swept))
	}
	if l.memory.OpenUploads() != 1 || l.memory.Abort(t.Context(), foreign) != nil || l.memory.OpenUploads() != 0 {
		t.Error("another's upload was aborted, or ours was not")
	}
}

func TestUploadLostInMidRunIsSentAgain(t *testing.T) {
	l := newLab(t)
	l.file("large", 10*partSize)
	l.faults.When(sendertest.SendPart, func(n int) sendertest.Fault {
		if n == 6 {
			return sendertest.Fault{Fail: &sender.Error{Code: "NoSuchUpload", Err: sender.ErrNoSuchUpload}}
		}
		return sendertest.Fault{}
	})
	p, err := l.run()
	if err != nil || p.Done != 1 || l.saw(SentAgain) != 1 {
		t.Fatalf("%+v, %v", p, err)
	}
	l.same("large", "large")
}

// A part that the store keeps wrongly, and admits in its listing, is sent again by Complete's refusal.
func TestRefusedPartIsSentAgainAlone(t *testing.T) {
	l := newLab(t)
	l.file("large", 10*partSize)
	l.faults.On(sendertest.Complete, sendertest.Fault{Fail: &sender.Error{Code: "InvalidPart", Err: sender.ErrInvalidPart}}, 1)
	p, err := l.run()
	if err != nil || p.Done != 1 || p.SentParts != 10 || p.ResumedParts != 10 {
		t.Fatalf("%+v, %v", p, err)
	}
	l.same("large", "large")
}

func TestCorruptedObjectIsRepaired(t *testing.T) {
	for _, n := range []int64{100, 10 * partSize} {
		l := newLab(t)
		l.file("f", n)
		op := sendertest.Put
		if n > partSize {
			op = sendertest.SendPart
		}
		l.faults.On(op, sendertest.Fault{Flip: true}, 1)
		p, err := l.run()
		if err != nil || p.Done != 1 || l.saw(SentAgain) != 1 {
			t.Fatalf("%+v, %v", p, err)
		}
		l.same("f", "f")
	}
}

func TestObjectThatStaysCorruptFails(t *testing.T) {
	l := newLab(t)
	l.file("f", 100)
	l.faults.Always(sendertest.Put, sendertest.Fault{Flip: true})
	l.failure("StoredCorrupt")
	if l.saw(SentAgain) != 2 {
		t.Errorf("sent again %d times, want 2", l.saw(SentAgain))
	}
}

func TestStoreWithoutChecksumsLeavesRowsUnverified(t *testing.T) {
	l := newLabOn(t, sendertest.NewMemoryWith(sendertest.MemoryOptions{NoChecksum: true}))
	l.mixed()
	p, err := l.run()
	if err != nil || p.Unverified != 8 || p.Done != 0 || p.Failed != 0 {
		t.Fatalf("%+v, %v", p, err)
	}
	if again, err := l.run(); err != nil || again.SentParts != 0 {
		t.Errorf("%+v, %v", again, err)
	}
}

func TestReceiptWithoutChecksumIsAskedAfter(t *testing.T) {
	l := newLab(t)
	l.mixed()
	l.faults.Always(sendertest.Put, sendertest.Fault{Silence: true}).Always(sendertest.Complete, sendertest.Fault{Silence: true})
	l.finish()
	if n := l.faults.Calls(sendertest.Head); n != 8 {
		t.Errorf("asked %d times for 8 objects", n)
	}
}

func TestRefusingStoreStopsTheRun(t *testing.T) {
	l := newLab(t)
	for i := range 200 {
		l.file(fmt.Sprint("f", i), 10)
	}
	denied := &sender.Error{Kind: sender.StopRun, Code: "InvalidAccessKeyId", Message: "no such key"}
	l.faults.When(sendertest.Put, func(n int) sendertest.Fault {
		if n > 20 && n < 100 {
			return sendertest.Fault{Fail: denied}
		}
		return sendertest.Fault{}
	})
	p, err := l.run()
	if sender.KindOf(err) != sender.StopRun || p.Failed != 0 {
		t.Fatalf("%+v, %v", p, err)
	}
	if calls := l.faults.Calls(sendertest.Put); calls > 60 {
		t.Errorf("a store that refuses was asked %d times", calls)
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

func TestJournalNeverHoldsAPartBeforeItsUpload(t *testing.T) {
	l := newLab(t)
	l.mixed()
	l.faults.When(sendertest.SendPart, func(n int) sendertest.Fault {
		if n > 1 {
			return sendertest.Fault{}
		}
		data, err := os.ReadFile(l.path("journal"))
		if err != nil || !strings.Contains(string(data), "upload-1") {
			t.Error("a part is sent whose upload the journal's file does not know")
		}
		return sendertest.Fault{}
	})
	l.finish()
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
