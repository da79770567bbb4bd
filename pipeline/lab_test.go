package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/reader"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// partSize is small, so that small files have many parts.
const partSize = 4 << 10

// lab is a job in a temporary directory: its files, a store that can fail, and a journal that outlives its runs.
type lab struct {
	*testing.T
	dir     string
	memory  *sendertest.Memory
	faults  *sendertest.Faults
	options Options
	stack   sender.Options
	mode    reader.Mode
	adopt   Adopt
	between func(opener) opener // what stands between a run and its sources; nil: nothing

	mu     sync.Mutex
	events []Event
}

func newLab(t *testing.T) *lab {
	return newLabOn(t, sendertest.NewMemory())
}

func newLabOn(t *testing.T, memory *sendertest.Memory) *lab {
	l := &lab{T: t, dir: t.TempDir(), memory: memory, faults: sendertest.NewFaults(memory)}
	l.options = Options{PartSize: partSize, Parallel: 4, Retries: -1}
	l.stack = sender.Options{Retries: -1}
	return l
}

// file makes a file of n bytes and names it in the manifest, with fields more.
func (l *lab) file(name string, n int64, fields ...string) {
	l.Helper()
	l.write(name, sendertest.Bytes(uint64(len(name))+uint64(n), n))
	l.row(name, fields...)
}

func (l *lab) write(name string, data []byte) {
	l.Helper()
	if err := os.WriteFile(l.path(name), data, 0o600); err != nil {
		l.Fatal(err)
	}
}

// row names a source in the manifest; fields are JSON members.
func (l *lab) row(name string, fields ...string) {
	l.Helper()
	f, err := os.OpenFile(l.path("rows.jsonl"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		l.Fatal(err)
	}
	defer f.Close()
	line := `{"source":"` + name + `"`
	for _, field := range fields {
		line += "," + field
	}
	if _, err := f.WriteString(line + "}\n"); err != nil {
		l.Fatal(err)
	}
}

func (l *lab) path(name string) string { return filepath.Join(l.dir, name) }

// with opens the job as a new process would, and lets use have it.
func (l *lab) with(use func(Job)) {
	l.Helper()
	m, err := manifests.Open(l.path("rows.jsonl"), manifests.Options{})
	if err != nil {
		l.Fatal(err)
	}
	defer m.Close()
	sum, err := m.Check(l.Context(), manifests.Check{})
	if err != nil {
		l.Fatal(err)
	}
	j, known, err := journal.Open(l.path("journal"), journal.Job{Manifest: sum.Digest, Rows: sum.Rows, Target: "memory"}, journal.Options{})
	if err != nil {
		l.Fatal(err)
	}
	defer j.Close()
	o := l.options.withDefaults()
	o.Observe = l.observe
	use(Job{
		Manifest: m, Total: sum.Rows, Journal: j, Known: known, Options: o, Adopt: l.adopt,
		Store: sender.Stack(l.faults, l.stack), Counted: l.stack.Counters,
		Reader: reader.New(reader.Options{Mode: l.mode, Buffers: o.Parallel, Most: o.MaxParallel}),
	})
}

func (l *lab) observe(e Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, e)
}

// saw counts the events of a kind.
func (l *lab) saw(k EventKind) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, e := range l.events {
		if e.Kind == k {
			n++
		}
	}
	return n
}

// run runs the job once; each may get hold of the runner before it starts.
func (l *lab) run(each ...func(*Runner)) (p Progress, err error) {
	return l.runUnder(l.Context(), each...)
}

func (l *lab) runUnder(ctx context.Context, each ...func(*Runner)) (p Progress, err error) {
	l.Helper()
	l.with(func(job Job) {
		r, newErr := New(job)
		if newErr != nil {
			l.Fatal(newErr)
		}
		l.prepare(r)
		for _, f := range each {
			f(r)
		}
		err = r.Run(ctx)
		p = r.Progress()
	})
	return p, err
}

// opener opens sources.
type opener = func(path string) (source, error)

// prepare puts between a runner and its sources what the lab has for that, and lets it lose little time over them.
func (l *lab) prepare(r *Runner) {
	r.pauses = []time.Duration{time.Millisecond, 2 * time.Millisecond}
	if l.between != nil {
		r.sources = l.between(r.sources)
	}
}

// finish runs the job and wants every row of it to be done, identical and reported, and nothing left open.
func (l *lab) finish() Progress {
	l.Helper()
	p, err := l.run()
	if err != nil {
		l.Fatalf("run: %v", err)
	}
	lines := l.report()
	if p.Done != p.Rows || p.Failed != 0 || int64(len(lines)) != p.Rows {
		l.Fatalf("not all done: %+v, %d lines of report", p, len(lines))
	}
	for i, line := range lines {
		if line.Row != int64(i+1) || line.Status != "done" {
			l.Errorf("report line %d: %+v", i+1, line)
		}
		l.same(line.Source, line.Key)
	}
	if n := l.memory.OpenUploads(); n != 0 {
		l.Errorf("%d uploads are left open", n)
	}
	return p
}

func (l *lab) same(source, key string) {
	l.Helper()
	want, err := os.ReadFile(l.path(source))
	if err != nil {
		l.Fatal(err)
	}
	got, err := l.memory.Read(key)
	if err != nil || !bytes.Equal(got, want) {
		l.Errorf("%q is not its source: %d bytes, want %d, %v", key, len(got), len(want), err)
	}
}

// report is what the journal has to report now.
func (l *lab) report() (lines []ReportLine) {
	l.Helper()
	l.with(func(job Job) {
		var text bytes.Buffer
		if err := Report(l.Context(), &text, job); err != nil {
			l.Fatal(err)
		}
		for line := range bytes.Lines(text.Bytes()) {
			var r ReportLine
			if err := json.Unmarshal(line, &r); err != nil {
				l.Fatal(err)
			}
			lines = append(lines, r)
		}
	})
	return lines
}

// complain says what failed.
func (l *lab) complain() {
	l.Helper()
	for _, line := range l.report() {
		if line.Error != nil {
			l.Logf("row %d %q failed: %+v", line.Row, line.Source, *line.Error)
		}
	}
}

// failure runs the job and returns the report's line of its only row, which is wanted to have failed with code.
func (l *lab) failure(code string) ReportLine {
	l.Helper()
	p, err := l.run()
	if err != nil || p.Failed != 1 {
		l.Fatalf("want one failed row: %+v, %v", p, err)
	}
	line := l.report()[0]
	if line.Status != "failed" || line.Error == nil || line.Error.Code != code {
		l.Fatalf("want code %s: %+v %+v", code, line, line.Error)
	}
	return line
}

// mixed makes a job of files around the edges of parts.
func (l *lab) mixed() (parts int64) {
	l.Helper()
	for name, n := range map[string]int64{
		"empty": 0, "byte": 1, "part-": partSize - 1, "part": partSize, "part+": partSize + 1,
		"two": 2 * partSize, "many": 17*partSize + 5, "more": 40 * partSize,
	} {
		l.file(name, n)
		parts += max(1, (n+partSize-1)/partSize)
	}
	return parts
}

var errBroken = errors.New("broken on purpose")
