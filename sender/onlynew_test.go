package sender_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

var token = map[string]string{sender.TokenKey: "4711"}

// only is what the tests say of "key" if it is to be new.
func only(metadata map[string]string) *sender.Object {
	return &sender.Object{Key: "key", Size: int64(len(content)), Metadata: metadata, OnlyNew: true}
}

func (r *rig) putObject(t *testing.T, o *sender.Object) (sender.Receipt, error) {
	t.Helper()
	return r.stack.Put(t.Context(), o, sendertest.Payload([]byte(content), r.Wire()))
}

func TestObjectOfTheSameBytesIsAConflictAllTheSame(t *testing.T) {
	for name, metadata := range map[string]map[string]string{"without a token": nil, "with another's": token} {
		t.Run(name, func(t *testing.T) {
			r := newRig(sender.Options{}, sendertest.MemoryOptions{})
			if _, err := r.put(t, content); err != nil {
				t.Fatal(err)
			}
			if _, err := r.putObject(t, only(metadata)); !errors.Is(err, sender.ErrExists) {
				t.Errorf("%v, want ErrExists", err)
			}
			r.wantCalls(t, sendertest.Put, 2)
		})
	}
}

// The answer to the first try is lost, and so is the first answer to the question what became of it.
func TestOwnObjectInTheWayOfItsRepetitionIsOurs(t *testing.T) {
	for name, o := range map[string]sendertest.MemoryOptions{"checksums": {}, "none": {NoChecksum: true}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(sender.Options{}, o)
				r.faults.On(sendertest.Put, sendertest.Fault{Lose: true}, 1)
				r.faults.On(sendertest.Head, sendertest.Fault{Fail: sender.ErrNotFound}, 1) // it is not visible yet
				got, err := r.putObject(t, only(token))
				if err != nil || got.ETag == "" {
					t.Errorf("%+v, %v", got, err)
				}
				r.wantCalls(t, sendertest.Put, 2)
			})
		})
	}
}

// An earlier run has made the object and was killed before it knew.
func TestObjectOfAnEarlierRunIsKnownByItsToken(t *testing.T) {
	r := newRig(sender.Options{}, sendertest.MemoryOptions{})
	first, err := r.putObject(t, only(token))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := r.putObject(t, only(token)); err != nil || got.ETag != first.ETag {
		t.Errorf("%+v, %v", got, err)
	}
}

// What a store has spoilt on the way is in the way of the next try, and is ours to replace.
func TestSpoiltObjectIsReplacedThoughItWasToBeNew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(sender.Options{}, sendertest.MemoryOptions{})
		r.faults.On(sendertest.Put, sendertest.Fault{Flip: true}, 1)
		o := only(nil)
		if _, err := r.putObject(t, o); err != nil {
			t.Fatal(err)
		}
		r.wantObject(t, content)
		if !o.OnlyNew {
			t.Error("the caller's object was changed")
		}
	})
}

func TestRefusedBytesAreNotAnObject(t *testing.T) {
	r := newRig(sender.Options{Retries: -1}, sendertest.MemoryOptions{})
	r.faults.On(sendertest.Put, sendertest.Fault{Fail: &sender.Error{Code: "BadDigest", Err: sender.ErrCorrupt}}, 1)
	if _, err := r.putObject(t, only(nil)); sender.WasStored(err) {
		t.Errorf("%v is taken for an object that is there", err)
	}
	r.faults.On(sendertest.Put, sendertest.Fault{Flip: true}, 2)
	if _, err := r.putObject(t, only(nil)); !sender.WasStored(err) {
		t.Errorf("%v is not taken for an object that is there", err)
	}
}

func TestConflictAtCompleteIsNotTheSameBytes(t *testing.T) {
	for name, metadata := range map[string]map[string]string{"without a token": nil, "with another's": token} {
		t.Run(name, func(t *testing.T) {
			r := newRig(sender.Options{}, sendertest.MemoryOptions{})
			u := r.begin(t, metadata)
			u.object.OnlyNew = true
			if _, err := r.put(t, content); err != nil {
				t.Fatal(err)
			}
			if _, err := u.complete(t); !errors.Is(err, sender.ErrExists) {
				t.Errorf("%v, want ErrExists", err)
			}
		})
	}
}

const callback = `{"callbackUrl":"http://example.com","callbackBody":"${object}"}`

// answering is a store whose callbacks are answered.
var answering = sendertest.MemoryOptions{Callback: func(*sender.Object) *sender.Callback {
	return &sender.Callback{Answer: []byte(`{"ok":true}`)}
}}

func TestLostAnswerLeavesTheCallbackOpen(t *testing.T) {
	for _, lost := range []bool{false, true} {
		r := newRig(sender.Options{}, answering)
		r.faults.On(sendertest.Put, sendertest.Fault{Lose: lost}, 1)
		r.faults.On(sendertest.Complete, sendertest.Fault{Lose: lost}, 1)
		put, err := r.putObject(t, &sender.Object{Key: "key", Size: int64(len(content)), Callback: callback})
		if err != nil {
			t.Fatal(err)
		}
		u := r.begin(t, nil)
		u.object.Callback = callback
		completed, err := u.complete(t)
		if err != nil {
			t.Fatal(err)
		}
		for _, got := range []*sender.Callback{put.Callback, completed.Callback} {
			switch {
			case got == nil:
				t.Error("nothing is said of the callback")
			case lost != (got.Err != nil) || lost && got.Err.Code != sender.CodeUnheard:
				t.Errorf("lost %t: %+v", lost, got)
			case lost == (len(got.Answer) > 0):
				t.Errorf("lost %t: the answer is %q", lost, got.Answer)
			}
		}
		r.wantCalls(t, sendertest.Put, 1)
		r.wantCalls(t, sendertest.Complete, 1)
	}
}

func TestNoCallbackNoWordOfIt(t *testing.T) {
	r := newRig(sender.Options{}, answering)
	r.faults.On(sendertest.Put, sendertest.Fault{Lose: true}, 1)
	if got, err := r.putObject(t, only(nil)); err != nil || got.Callback != nil {
		t.Errorf("%+v, %v", got, err)
	}
}
