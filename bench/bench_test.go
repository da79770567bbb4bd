package bench

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/dir"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

const prefix = "below/.ingest-bench-1/"

// short is an effort that a test has the time for.
var short = Effort{Duration: 100 * time.Millisecond, Precision: 10}

func newBench(s sender.Store) *Bench { return New(Options{Store: s, Prefix: prefix}) }

// mixed is objects of every kind: empty, whole, and in parts.
var mixed = Work{
	{Items: []Item{{Size: 0}}, Weight: 1},
	{Items: []Item{{Size: 1000}}, Weight: 1000},
	{Items: []Item{{Size: 100_000}}, Weight: 1000},
}

func measure(t *testing.T, b *Bench, w Work, parallel int) *Result {
	t.Helper()
	r, err := b.Measure(t.Context(), w, Setting{PartSize: 30_000, Parallel: parallel}, short)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A store that takes 5 ms for a request takes no more than parallel/5ms of them in a second.
func TestRateIsNeverAboveWhatTheStoreCanTake(t *testing.T) {
	const latency = 5 * time.Millisecond
	slow := sendertest.NewFaults(sendertest.NewMemory()).Always(sendertest.Put, sendertest.Fault{Delay: latency})
	r := measure(t, newBench(slow), Objects(1000), 4)
	if most := 4 / latency.Seconds(); r.Objects.Mean > 1.001*most || r.Objects.Mean < most/20 {
		t.Errorf("%v objects a second, at most %v are possible", r.Objects.Mean, most)
	}
	if s := r.Latencies[Sending]; s.P50 < latency || s.Max < s.P99 || s.P99 < s.P90 || s.Share < 0.5 {
		t.Errorf("sending: %+v", s)
	}
	if r.Total.Objects < 1 || r.CPU < 0 || r.Rate.Mean < 999*r.Objects.Mean || r.Sent == 0 {
		t.Errorf("got %+v", r)
	}
}

func TestWaitingIsNotSending(t *testing.T) {
	b := New(Options{Store: sendertest.NewMemory(), Prefix: prefix, Sender: sender.Options{RequestsPerSecond: 200}})
	r := measure(t, b, Objects(1000), 8)
	if w, s := r.Latencies[Waiting], r.Latencies[Sending]; w.Share < 0.5 || s.Share > 0.3 {
		t.Errorf("behind a limit, %.0f %% of the time is waiting and %.0f %% sending", 100*w.Share, 100*s.Share)
	}
}

func TestNothingIsLeftInAStoreThatRemoves(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "theirs"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := dir.New(root)
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(s)
	measure(t, b, mixed, 4)
	if rest, err := b.Clean(t.Context()); err != nil || len(rest.Objects)+len(rest.Uploads) != 0 {
		t.Errorf("left %+v, %v", rest, err)
	}
	s.Close()
	if left, _ := os.ReadDir(root); len(left) != 1 || left[0].Name() != "theirs" {
		t.Errorf("the directory holds %v", left)
	}
}

func TestWhatCannotBeRemovedIsNamed(t *testing.T) {
	m := sendertest.NewMemory()
	b := newBench(m)
	measure(t, b, mixed, 4)
	rest, err := b.Clean(t.Context())
	slices.Sort(rest.Objects)
	if err != nil || len(rest.Objects) == 0 || !slices.Equal(rest.Objects, m.Keys()) {
		t.Errorf("named %v, %v; the store holds %v", rest.Objects, err, m.Keys())
	}
	if m.OpenUploads() != 0 || len(rest.Uploads) != 0 {
		t.Errorf("%d uploads are open, %d named", m.OpenUploads(), len(rest.Uploads))
	}
	for _, key := range m.Keys() {
		if !strings.HasPrefix(key, prefix+"put-") {
			t.Errorf("%q is not ours to write", key)
		}
	}
}

func TestUploadThatCannotBeAbortedIsNamed(t *testing.T) {
	refusing := sendertest.NewFaults(sendertest.NewMemory()).Always(sendertest.Abort, sendertest.Fault{Fail: refused})
	b := newBench(refusing)
	measure(t, b, Objects(100_000), 2)
	rest, err := b.Clean(t.Context())
	if !isRefusal(err) || len(rest.Uploads) == 0 {
		t.Errorf("left %d uploads, %v", len(rest.Uploads), err)
	}
}

// An upload whose id never arrived is known to the store alone.
func TestUploadThatWasLostIsFoundAndAborted(t *testing.T) {
	m := sendertest.NewMemory()
	b := newBench(sendertest.NewFaults(m).On(sendertest.Begin, sendertest.Fault{Lose: true}, 1))
	b.options.Sender.Retries = -1
	if _, err := b.Measure(t.Context(), Objects(100_000), Setting{PartSize: 30_000, Parallel: 1}, short); !errors.Is(err, sender.ErrNoAnswer) {
		t.Fatalf("error %v", err)
	}
	if rest, err := b.Clean(t.Context()); err != nil || len(rest.Uploads) != 0 || m.OpenUploads() != 0 {
		t.Errorf("left %+v, %v; %d are open", rest, err, m.OpenUploads())
	}
}

var refused = &sender.Error{Op: "test", Code: "AccessDenied", Kind: sender.StopRun}

func isRefusal(err error) bool {
	e, ok := errors.AsType[*sender.Error](err)
	return ok && e.Code == refused.Code
}

func TestFailureEndsTheMeasurement(t *testing.T) {
	for _, op := range []sendertest.Op{sendertest.Put, sendertest.Begin, sendertest.SendPart} {
		failing := sendertest.NewFaults(sendertest.NewMemory()).On(op, sendertest.Fault{Fail: refused}, 5)
		b := newBench(failing)
		if r, err := b.Measure(t.Context(), mixed, Setting{30_000, 4}, short); !isRefusal(err) || r == nil {
			t.Errorf("%v: result %v, error %v", op, r, err)
		}
	}
}

func TestInterruptedMeasurementTellsWhatItHas(t *testing.T) {
	m := sendertest.NewMemory()
	slow := sendertest.NewFaults(m).Always(sendertest.SendPart, sendertest.Fault{Delay: time.Millisecond})
	b := newBench(slow)
	cause := errors.New("signal")
	ctx, cancel := context.WithTimeoutCause(t.Context(), 300*time.Millisecond, cause)
	defer cancel()
	r, err := b.Measure(ctx, Objects(100_000), Setting{30_000, 2}, Effort{Duration: time.Minute, Warmup: 20 * time.Millisecond, Slice: 10 * time.Millisecond})
	if !errors.Is(err, cause) || r.Rate.Mean <= 0 || r.Rate.N < 2 {
		t.Errorf("result %+v, error %v", r, err)
	}
	if _, err := b.Clean(t.Context()); err != nil || m.OpenUploads() != 0 {
		t.Errorf("%v, %d uploads are open", err, m.OpenUploads())
	}
}

func TestNoMoreIsSentThanAllowed(t *testing.T) {
	b := New(Options{Store: sendertest.NewMemory(), Prefix: prefix, Bytes: 1_000_000})
	r, err := b.Measure(t.Context(), mixed, Setting{30_000, 4}, Effort{Duration: time.Minute})
	if !errors.Is(err, ErrSpent) || b.Sent() > 1_000_000 || b.Sent() < 900_000 || r.Rate.Mean <= 0 {
		t.Errorf("sent %d bytes, %v, %+v", b.Sent(), err, r)
	}
	b.sent.Store(1_000_000)
	if _, err := b.Measure(t.Context(), mixed, Setting{30_000, 4}, short); !errors.Is(err, ErrSpent) {
		t.Errorf("with no byte left: %v", err)
	}
}

func TestFilesAreSentAsTheyAre(t *testing.T) {
	m, keeps := sendertest.NewMemory(), &keeper{}
	keeps.Store = m
	path := filepath.Join(t.TempDir(), "f")
	data := sendertest.Bytes(1, 70_000)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	b := newBench(keeps)
	measure(t, b, Files([]Item{{int64(len(data)), path}}), 2)
	for off, got := range keeps.parts {
		if want := data[off:min(off+30_000, int64(len(data)))]; !slices.Equal(got, want) {
			t.Errorf("the part at %d is not the file's", off)
		}
	}
	if len(keeps.parts) != 3 {
		t.Errorf("%d parts", len(keeps.parts))
	}
	for _, wrong := range []Item{{Size: 5, Path: path}, {Size: 5, Path: path + ".gone"}} {
		_, err := b.Measure(t.Context(), Files([]Item{wrong}), Setting{30_000, 2}, short)
		if e, ok := errors.AsType[*SourceError](err); !ok || e.Path != wrong.Path {
			t.Errorf("%+v: error %v", wrong, err)
		}
	}
}

// keeper keeps a copy of the last part at each offset.
type keeper struct {
	sender.Store
	mu    sync.Mutex
	parts map[int64][]byte
}

func (k *keeper) SendPart(ctx context.Context, u sender.Upload, p sender.Part) (sender.Receipt, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.parts == nil {
		k.parts = map[int64][]byte{}
	}
	k.parts[p.Offset] = slices.Clone(p.Data)
	return k.Store.SendPart(ctx, u, p)
}

func TestPartsAreRaisedWhereTheStoreTakesNoMore(t *testing.T) {
	few := sendertest.NewMemoryWith(sendertest.MemoryOptions{Limits: sender.Limits{MaxParts: 3}})
	measure(t, newBench(few), Objects(1_000_000), 2)
	r := newBench(few).newRun(Setting{30_000, 1}, short.withDefaults())
	o := r.newObject(t.Context(), Item{Size: 1_000_000})
	if o.parts != 3 {
		t.Errorf("%d parts, the store takes 3", o.parts)
	}
	r.endAll(t.Context())
	r.aside.Wait()
}

func TestWorkHasTheShapeOfTheSizes(t *testing.T) {
	var s Sizes
	s.Add(0, 10)
	s.Add(1000, 20)
	s.Add(1<<30, 2)
	w := s.Work()
	if len(w) != 3 || s.Objects() != 32 || s.Bytes() != 20_000+2<<30 || s.Largest != 1<<30 {
		t.Fatalf("got %v", w)
	}
	if got, want := w.size(), s.Bytes()/s.Objects(); got < 0.999*want || got > 1.001*want {
		t.Errorf("the mean object has %v bytes, want %v", got, want)
	}
}
