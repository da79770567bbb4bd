package pipeline

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// odd is a store that garbles its answers to one method about one key.
type odd struct {
	*sendertest.Memory
	op     sendertest.Op
	garble func(*answer)
}

const oddKey = "odd"

type answer struct {
	receipt sender.Receipt
	upload  sender.Upload
	err     error
}

func (o *odd) say(op sendertest.Op, key string, a answer) answer {
	if op == o.op && key == oddKey && a.err == nil {
		o.garble(&a)
	}
	return a
}

func (o *odd) Put(ctx context.Context, object *sender.Object, p sender.Payload) (sender.Receipt, error) {
	r, err := o.Memory.Put(ctx, object, p)
	a := o.say(sendertest.Put, object.Key, answer{receipt: r, err: err})
	return a.receipt, a.err
}

func (o *odd) SendPart(ctx context.Context, u sender.Upload, p sender.Part) (sender.Receipt, error) {
	r, err := o.Memory.SendPart(ctx, u, p)
	a := o.say(sendertest.SendPart, u.Key, answer{receipt: r, err: err})
	return a.receipt, a.err
}

func (o *odd) Complete(ctx context.Context, u sender.Upload, object *sender.Object, c sender.Completion) (sender.Receipt, error) {
	r, err := o.Memory.Complete(ctx, u, object, c)
	a := o.say(sendertest.Complete, u.Key, answer{receipt: r, err: err})
	return a.receipt, a.err
}

func (o *odd) Begin(ctx context.Context, object *sender.Object) (sender.Upload, error) {
	u, err := o.Memory.Begin(ctx, object)
	a := o.say(sendertest.Begin, object.Key, answer{upload: u, err: err})
	return a.upload, a.err
}

// Abort understands a garbled id as well as the true one.
func (o *odd) Abort(ctx context.Context, u sender.Upload) error {
	u.ID, _, _ = strings.Cut(u.ID, "!")
	return o.Memory.Abort(ctx, u)
}

// The store's answers come from outside. One that the journal cannot keep, or must not, is no reason to stop the others.
func TestAnswerThatCannotBeRememberedStopsTheRun(t *testing.T) {
	long := strings.Repeat("x", 2000)
	for name, c := range map[string]struct {
		size int64
		op   sendertest.Op
		with func(frame string, a *answer)
	}{
		"a part's ETag":             {5 * partSize, sendertest.SendPart, func(_ string, a *answer) { a.receipt.ETag = long }},
		"an object's ETag":          {5, sendertest.Put, func(_ string, a *answer) { a.receipt.ETag = long }},
		"an object's version id":    {5, sendertest.Put, func(_ string, a *answer) { a.receipt.VersionID = long }},
		"an object's of parts":      {5 * partSize, sendertest.Complete, func(_ string, a *answer) { a.receipt.ETag = long }},
		"an upload's id":            {5 * partSize, sendertest.Begin, func(_ string, a *answer) { a.upload.ID += "!" + long }},
		"a frame as a part's ETag":  {5 * partSize, sendertest.SendPart, func(frame string, a *answer) { a.receipt.ETag = frame }},
		"a frame as an object's":    {5, sendertest.Put, func(frame string, a *answer) { a.receipt.ETag = frame }},
		"a frame as a refusal":      {5, sendertest.Put, func(frame string, a *answer) { a.err = &sender.Error{Code: "No", Message: frame} }},
		"a frame in an upload's id": {5 * partSize, sendertest.Begin, func(frame string, a *answer) { a.upload.ID += "!" + frame }},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			l.file(oddKey, c.size)
			l.mixed()
			frame := l.frame()
			l.faults = sendertest.NewFaults(&odd{l.memory, c.op, func(a *answer) { c.with(frame, a) }})
			l.failsAlone()
			l.faults = sendertest.NewFaults(l.memory)
			l.finish()
		})
	}
}

// frame has the job tried in vain, and returns what the journal wrote of it: who has read the file knows that.
func (l *lab) frame() string {
	l.Helper()
	l.faults = sendertest.NewFaults(l.memory)
	for _, op := range []sendertest.Op{sendertest.Put, sendertest.Begin} {
		l.faults.Always(op, sendertest.Fault{Fail: errBroken})
	}
	if p, err := l.run(); err != nil || p.Failed != p.Rows {
		l.Fatalf("%+v, %v", p, err)
	}
	raw, err := os.ReadFile(l.path("journal"))
	if err != nil {
		l.Fatal(err)
	}
	for item, err := range journal.Scan(bytes.NewReader(raw)) {
		if err == nil && item.Record != nil {
			return string(raw[item.Offset : item.Offset+item.Bytes])
		}
	}
	l.Fatal("no record was written")
	return ""
}

// failsAlone runs the job and wants its first row to fail for the store's answer, and the others to be done.
func (l *lab) failsAlone() {
	l.Helper()
	p, err := l.run()
	if err != nil || p.Failed != 1 || p.Done != p.Rows-1 {
		l.Fatalf("%+v, %v", p, err)
	}
	line := l.report()[0]
	if line.Status != "failed" || line.Error == nil || line.Error.Code != "UnusableAnswer" {
		l.Errorf("%+v %+v", line, line.Error)
	}
	if n := l.memory.OpenUploads(); n != 0 {
		l.Errorf("%d uploads are left open", n)
	}
}
