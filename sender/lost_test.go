package sender_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// stores are the kinds of store that can tell what became of a request, and what an object must carry for it.
var stores = map[string]struct {
	options  sendertest.MemoryOptions
	metadata map[string]string
}{
	"CRC64ECMA":         {},
	"CRC64NVME":         {options: sendertest.MemoryOptions{Wire: hasher.CRC64NVME}},
	"Metadata":          {metadata: map[string]string{"run": "1"}},
	"ETag":              {options: sendertest.MemoryOptions{NoChecksum: true}},
	"ETagAndMetadata":   {options: sendertest.MemoryOptions{NoChecksum: true}, metadata: map[string]string{"run": "1"}},
	"Token":             {options: sendertest.MemoryOptions{NoChecksum: true}, metadata: map[string]string{sender.TokenKey: "4711"}},
	"TokenAndChecksums": {metadata: map[string]string{sender.TokenKey: "4711"}},
}

// loseHeads lets the questions fail a few times after each lost answer, in every way.
func (r *rig) loseHeads(random *rand.Rand) {
	throttled := tooMany(sender.TooManyRequests, 0)
	failures := []sendertest.Fault{lose, drop, down, {Fail: sender.ErrUnreachable}, {Fail: throttled}, {Delay: time.Second, Fail: busy()}}
	fails := 0
	r.faults.When(sendertest.Head, func(int) sendertest.Fault {
		if fails == 0 {
			fails = 1 + random.IntN(4)
		}
		if fails--; fails == 0 {
			return sendertest.Fault{}
		}
		return failures[random.IntN(len(failures))]
	})
}

// A thousand objects of which every Complete is carried out and none is answered: nothing is sent or begun twice.
func TestThousandLostCompletesAreSettled(t *testing.T) {
	const n = 1000
	for name, c := range stores {
		for _, heads := range []bool{true, false} {
			t.Run(fmt.Sprint(name, "/heads=", heads), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					r := newRig(sender.Options{}, c.options)
					r.faults.Always(sendertest.Complete, lose)
					if !heads {
						r.loseHeads(rand.New(rand.NewPCG(1, 1)))
					}
					for i := range n {
						r.storeLost(t, i, c.metadata)
					}
					r.wantCalls(t, sendertest.Begin, n)
					r.wantCalls(t, sendertest.SendPart, 2*n)
					r.wantCalls(t, sendertest.Complete, n)
					if got := r.counts.Settled.Load(); got != n {
						t.Errorf("%d answers settled, want %d", got, n)
					}
					if open := r.OpenUploads(); open > 0 {
						t.Errorf("%d uploads were left open", open)
					}
				})
			})
		}
	}
}

// storeLost stores the i-th object, whose Complete is lost, and expects it to be there.
func (r *rig) storeLost(t *testing.T, i int, metadata map[string]string) {
	t.Helper()
	ctx := sender.WithBudget(t.Context(), sender.NewBudget(0))
	data := fmt.Appendf(nil, "%05d%05d", i, i+1)
	o := &sender.Object{Key: fmt.Sprint(i), Size: 10, Metadata: metadata}
	u, err := r.stack.Begin(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	done := sender.Completion{Whole: hasher.Sum(data, hasher.SetOf(r.Wire())).Get(r.Wire())}
	for j := range 2 {
		p := sender.Part{Number: j + 1, Offset: int64(5 * j), Payload: sendertest.Payload(data[5*j:][:5], r.Wire())}
		got, err := r.stack.SendPart(ctx, u, p)
		if err != nil {
			t.Fatal(err)
		}
		done.Parts = append(done.Parts, sender.StoredPart{Number: j + 1, Size: 5, ETag: got.ETag, Checksum: got.Checksum})
	}
	if _, err := r.stack.Complete(ctx, u, o, done); err != nil {
		t.Fatalf("object %d: %v", i, err)
	}
	if got, _ := r.Read(o.Key); string(got) != string(data) {
		t.Errorf("object %d is %q, want %q", i, got, data)
	}
}

// The upload was completed by a try that nobody here remembers, and the questions that tell are lost at first. "No
// such upload" would make the caller send everything again.
func TestUploadThatIsGoneIsSettledThoughHeadIsLost(t *testing.T) {
	for name, c := range stores {
		for head, fault := range map[string]sendertest.Fault{"lost": lose, "busy": down, "throttled": {Fail: tooMany(sender.TooManyRequests, 0)}} {
			t.Run(name+"/"+head, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					r := newRig(sender.Options{}, c.options)
					u := r.begin(t, c.metadata)
					if _, err := r.Memory.Complete(t.Context(), u.Upload, u.object, u.done); err != nil {
						t.Fatal(err)
					}
					r.faults.On(sendertest.Head, fault, 1, 2, 3)
					if _, err := u.complete(t); err != nil {
						t.Error(err)
					}
					r.wantCalls(t, sendertest.Complete, 1)
					r.wantObject(t, content)
				})
			})
		}
	}
}

// The question is throttled for a minute, with one retry: it is borne as every request is.
func TestThrottledQuestionCostsNoRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(sender.Options{Retries: 1}, sendertest.MemoryOptions{})
		u := r.begin(t, nil)
		r.faults.On(sendertest.Complete, lose, 1)
		r.away(time.Minute, tooMany(sender.TooManyRequests, 0), sendertest.Head)
		if _, err := u.complete(t); err != nil {
			t.Error(err)
		}
		r.wantCalls(t, sendertest.Complete, 1)
	})
}

// An upload that is gone, and an object that is not there, is an answer: nothing is completed again.
func TestUploadThatIsGoneForGoodIsNotCompletedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(sender.Options{}, sendertest.MemoryOptions{})
		u := r.begin(t, nil)
		if err := r.Memory.Abort(t.Context(), u.Upload); err != nil {
			t.Fatal(err)
		}
		r.faults.On(sendertest.Head, down, 1, 2)
		if _, err := u.complete(t); !errors.Is(err, sender.ErrNoSuchUpload) {
			t.Errorf("error %v, want %v", err, sender.ErrNoSuchUpload)
		}
		r.wantCalls(t, sendertest.Complete, 1)
		r.wantCalls(t, sendertest.Head, 3)
	})
}

// While nobody can be asked, the bytes of a Put are not sent again.
func TestPutIsNotSentAgainBeforeTheStoreWasAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(sender.Options{}, sendertest.MemoryOptions{})
		r.faults.On(sendertest.Put, lose, 1).On(sendertest.Head, down, 1, 2, 3)
		if _, err := r.put(t, content); err != nil {
			t.Fatal(err)
		}
		r.wantCalls(t, sendertest.Put, 1)
		r.wantCalls(t, sendertest.Head, 4)
	})
}

// Another writer's object under the key settles nothing, whatever it has in common with ours.
func TestNobodyElsesObjectSettlesACompletion(t *testing.T) {
	other := map[string]struct {
		data     string
		metadata map[string]string
	}{
		"other bytes":              {"01234abcdX", map[string]string{"run": "1", sender.TokenKey: "4711"}},
		"other size":               {content + "X", map[string]string{"run": "1", sender.TokenKey: "4711"}},
		"our bytes, no metadata":   {content, nil},
		"our bytes, other token":   {content, map[string]string{"run": "1", sender.TokenKey: "4712"}},
		"our bytes, other run":     {content, map[string]string{"run": "2", sender.TokenKey: "4711"}},
		"our bytes, without token": {content, map[string]string{"run": "1"}},
	}
	ours := map[string]string{"run": "1", sender.TokenKey: "4711"}
	for name, theirs := range other {
		t.Run(name, func(t *testing.T) {
			r := newRig(sender.Options{}, sendertest.MemoryOptions{})
			u := r.begin(t, ours)
			o := &sender.Object{Key: "key", Size: int64(len(theirs.data)), Metadata: theirs.metadata}
			if _, err := r.Memory.Put(t.Context(), o, sendertest.Payload([]byte(theirs.data))); err != nil {
				t.Fatal(err)
			}
			if err := r.Memory.Abort(t.Context(), u.Upload); err != nil {
				t.Fatal(err)
			}
			if _, err := u.complete(t); !errors.Is(err, sender.ErrNoSuchUpload) {
				t.Errorf("error %v, want %v", err, sender.ErrNoSuchUpload)
			}
			if got := r.counts.Settled.Load(); got != 0 {
				t.Errorf("%d answers settled by another's object", got)
			}
		})
	}
}

// Where a store says no checksum, the same holds by token: the one case that is left open is a store without tokens or
// checksums, whose ETag then decides.
func TestTokenTellsWhoseObjectItIs(t *testing.T) {
	for token, want := range map[string]error{"4711": nil, "4712": sender.ErrNoSuchUpload, "": sender.ErrNoSuchUpload} {
		r := newRig(sender.Options{}, sendertest.MemoryOptions{NoChecksum: true})
		u := r.begin(t, map[string]string{sender.TokenKey: "4711"})
		o := &sender.Object{Key: "key", Size: int64(len(content)), Metadata: map[string]string{sender.TokenKey: token}}
		if _, err := r.Memory.Put(t.Context(), o, sendertest.Payload([]byte(content))); err != nil {
			t.Fatal(err)
		}
		if err := r.Memory.Abort(t.Context(), u.Upload); err != nil {
			t.Fatal(err)
		}
		if _, err := u.complete(t); !errors.Is(err, want) {
			t.Errorf("token %q there: error %v, want %v", token, err, want)
		}
	}
}
