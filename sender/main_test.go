package sender_test

import (
	"errors"
	"testing"

	"go.uber.org/goleak"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a stack on a store in memory whose calls fail by a script.
type rig struct {
	*sendertest.Memory
	faults *sendertest.Faults
	stack  sender.Store
	counts *sender.Counters
}

func newRig(o sender.Options, m sendertest.MemoryOptions) *rig {
	memory := sendertest.NewMemoryWith(m)
	r := &rig{Memory: memory, faults: sendertest.NewFaults(memory), counts: new(sender.Counters)}
	o.Counters = r.counts
	r.stack = sender.Stack(r.faults, o)
	return r
}

// put puts data under "key".
func (r *rig) put(t *testing.T, data string) (sender.Receipt, error) {
	t.Helper()
	p := sendertest.Payload([]byte(data), r.Wire())
	return r.stack.Put(t.Context(), &sender.Object{Key: "key", Size: int64(len(data))}, p)
}

// upload is an upload of "key" in two parts of five bytes.
type upload struct {
	*rig
	sender.Upload
	object *sender.Object
	done   sender.Completion
}

const content = "01234abcde"

func (r *rig) begin(t *testing.T, metadata map[string]string) *upload {
	t.Helper()
	u := &upload{rig: r, object: &sender.Object{Key: "key", Size: int64(len(content)), Metadata: metadata}}
	var err error
	if u.Upload, err = r.stack.Begin(t.Context(), u.object); err != nil {
		t.Fatal(err)
	}
	u.done.Whole = hasher.Sum([]byte(content), hasher.SetOf(r.Wire())).Get(r.Wire())
	for i := range 2 {
		p := sender.Part{Number: i + 1, Offset: int64(5 * i), Payload: sendertest.Payload([]byte(content)[5*i:][:5], r.Wire())}
		got, err := r.stack.SendPart(t.Context(), u.Upload, p)
		if err != nil {
			t.Fatal(err)
		}
		u.done.Parts = append(u.done.Parts, sender.StoredPart{Number: i + 1, Size: 5, ETag: got.ETag, Checksum: got.Checksum})
	}
	return u
}

func (u *upload) complete(t *testing.T) (sender.Receipt, error) {
	t.Helper()
	return u.stack.Complete(t.Context(), u.Upload, u.object, u.done)
}

// wantObject expects "key" to hold data.
func (r *rig) wantObject(t *testing.T, data string) {
	t.Helper()
	if got, err := r.Read("key"); string(got) != data || err != nil {
		t.Errorf("the store holds %q, %v, want %q", got, err, data)
	}
}

// wantCalls expects a method to have been called n times.
func (r *rig) wantCalls(t *testing.T, op sendertest.Op, n int) {
	t.Helper()
	if got := r.faults.Calls(op); got != n {
		t.Errorf("%v: %d calls, want %d", op, got, n)
	}
}

// busy is an error that may pass.
func busy() *sender.Error {
	return &sender.Error{Kind: sender.TryAgain, Status: 503, Code: "ServiceUnavailable"}
}

func attempts(err error) int {
	if e, ok := errors.AsType[*sender.Error](err); ok {
		return e.Attempts
	}
	return 0
}
