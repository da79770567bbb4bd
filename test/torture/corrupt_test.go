//go:build linux

package torture

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/devstore"
	"github.com/ingest-dev/ingest/devstore/fault"
	"github.com/ingest-dev/ingest/test/internal/lab"
)

// costs is what it takes to notice and to mend one spoiled request.
type costs string

const (
	aRetry    costs = "tries again"
	aQuestion costs = "questions"
	aRow      costs = "rows sent again"
	aDoubt    costs = "rows stored and unproven"
	nothing   costs = "of no consequence" // the checksums prove the bytes all the same
)

// spoils are the ways in which bytes are spoiled, or answers are wrong, and what each costs.
var spoils = []struct {
	op    fault.Op
	fault fault.Fault
	by    costs
}{
	{fault.PutObject, fault.Fault{Flip: true}, aRetry},
	{fault.PutObject, fault.Fault{Lie: fault.WrongChecksum}, aRetry},
	{fault.PutObject, fault.Fault{Lie: fault.NoChecksum}, aQuestion},
	{fault.PutObject, fault.Fault{Lie: fault.NoETag}, aQuestion},
	{fault.PutObject, fault.Fault{Lie: fault.EmptyAnswer}, aQuestion},
	{fault.PutObject, fault.Fault{Lie: fault.WrongETag}, nothing},
	{fault.BeginUpload, fault.Fault{Lie: fault.EmptyAnswer}, aRetry},
	{fault.BeginUpload, fault.Fault{Lie: fault.Garbled}, aRetry},
	{fault.SendPart, fault.Fault{Flip: true}, aRetry},
	{fault.SendPart, fault.Fault{Hide: true}, aRow},
	{fault.SendPart, fault.Fault{Lie: fault.WrongChecksum}, aRetry},
	{fault.SendPart, fault.Fault{Lie: fault.NoChecksum}, nothing},
	{fault.SendPart, fault.Fault{Lie: fault.WrongETag}, aRow},
	{fault.SendPart, fault.Fault{Lie: fault.NoETag}, aRetry},
	{fault.SendPart, fault.Fault{Lie: fault.EmptyAnswer}, aRetry},
	{fault.CompleteUpload, fault.Fault{Lie: fault.WrongChecksum}, aQuestion},
	{fault.CompleteUpload, fault.Fault{Lie: fault.NoChecksum}, aQuestion},
	{fault.CompleteUpload, fault.Fault{Lie: fault.WrongETag}, nothing},
	{fault.CompleteUpload, fault.Fault{Lie: fault.NoETag}, aQuestion},
	{fault.CompleteUpload, fault.Fault{Lie: fault.ErrorIn200}, aRetry},
	{fault.CompleteUpload, fault.Fault{Lie: fault.EmptyAnswer}, aQuestion},
	{fault.CompleteUpload, fault.Fault{Lie: fault.Garbled}, aQuestion},
}

// Whatever the store spoils or lies about is noticed and mended in the same run, and every object is whole and proven.
func TestEverySpoiledByteAndEveryLieIsNoticedAndMended(t *testing.T) {
	for _, kind := range dialects(t, lab.Seed(t)) {
		t.Run(string(kind), func(t *testing.T) {
			w := newWitness(t, kind, append(slices.Repeat([]int{3000}, 20), twoParts(kind, 5)...))
			tally := map[costs]int64{}
			spoils := spoils
			if kind == lab.S3 && !long(t) { // whose parts are large: every other one
				spoils = spread(spoils, len(spoils)/2, w.Random.IntN(2))
			}
			for _, s := range spoils {
				if kind == lab.S3 && s.op == fault.PutObject && s.fault.Lie == fault.NoChecksum {
					s.by = nothing // an endpoint that states no checksum is sent another one
				}
				rule := fault.Rule{Op: s.op, Every: 5, Fault: s.fault}
				if s.op == fault.SendPart && s.by == aRow { // two parts of one upload would cost one row
					rule.Part, rule.Every = 1, 3
				}
				struck, noticed := w.spoilt(t, rule)
				if struck == 0 || !s.by.are(noticed, struck) {
					t.Errorf("%s %+v: %d were struck, want as many %s: %v", s.op, s.fault, struck, s.by, noticed)
				}
				tally[s.by] += struck
			}
			t.Logf("%s: %d ways to spoil bytes or answers: all noticed and mended, every object whole; struck, by what it cost: %v", kind, len(spoils), tally)
		})
	}
}

// are reports whether what was struck had this cost, and none that is higher. A question more harms nobody.
func (c costs) are(noticed map[costs]int64, struck int64) bool {
	for _, other := range []costs{aRetry, aRow, aDoubt} {
		if other != c && noticed[other] > 0 {
			return false
		}
	}
	return c == nothing || noticed[c] == struck
}

// One part in a thousand is spoiled, in the short form one in 31: honestly, so that the answer tells, or hidden, so
// that only the checksum of the whole object can.
func TestSpoiledPartsAreFoundHoweverFew(t *testing.T) {
	in, objects := 31, 40 // not in step with the parts in flight
	if long(t) {
		in, objects = 1000, 4000
	}
	w := newWitness(t, lab.OSS, slices.Repeat([]int{4*partOf(lab.OSS) + 1}, objects))
	for by, f := range map[costs]fault.Fault{aRetry: {Flip: true}, aRow: {Hide: true}} {
		struck, noticed := w.spoilt(t, fault.Rule{Op: fault.SendPart, Every: in, Fault: f})
		if struck == 0 || !by.are(noticed, struck) {
			t.Errorf("%+v: %d were struck, want as many %s: %v", f, struck, by, noticed)
		}
		t.Logf("%d of %d parts spoiled, hidden %t: %d %s, every object whole", struck, 5*objects, f.Hide, noticed[by], by)
	}
}

// witness is a lab that sees what a spoiled request costs.
type witness struct {
	*lab.Lab
	script *fault.Script
	seen   *tap
}

func newWitness(t *testing.T, kind lab.Kind, sizes []int) *witness {
	w := &witness{script: new(fault.Script), seen: new(tap)}
	w.Lab = lab.New(t, lab.Options{
		Kind: kind, Sizes: sizes, Wrap: w.seen.wrap, Store: func(o *devstore.Options) { o.Faults = w.script },
	})
	return w
}

// spoilt has a job done under a rule, and returns how often it struck and what that cost. A row that is struck again
// and again fails, which is honest: then the job is run again. So is one that no checksum came to prove.
func (w *witness) spoilt(t *testing.T, rule fault.Rule) (struck int64, noticed map[costs]int64) {
	t.Helper()
	before := w.seen.count(fault.HeadObject)
	trial := w.In(t).Trial()
	defer trial.Forget()
	w.script.Set(rule)
	noticed = map[costs]int64{}
	for range 6 {
		r := trial.Run(lab.Command{Quiet: true, Patience: 20 * time.Minute})
		s, _ := r.Summary()
		noticed[aRetry] += s.Retries
		noticed[aRow] += int64(bytes.Count(r.Stderr, []byte("sending the row again"))) + s.Failed
		noticed[aDoubt] = s.Unverified
		if r.Code == 1 && s.Failed > 0 {
			continue
		}
		struck = sum(w.script.Struck())
		w.script.Set()
		noticed[aQuestion] = int64(w.seen.count(fault.HeadObject) - before)
		trial.EveryObjectIsItsSource()
		if s.Unverified == 0 {
			trial.Arrived(r)
		}
		return struck, noticed
	}
	t.Fatalf("%+v: it fails again and again", rule)
	return 0, nil
}

// A run that goes on where another stopped asks which parts are there. A list that leaves one out, or states one that
// is not ours, costs that part, and nothing is put together of what was never sent.
func TestListOfPartsThatLiesCostsThosePartsAlone(t *testing.T) {
	kind := dialects(t, lab.Seed(t))[0]
	w := newWitness(t, kind, twoParts(kind, 4))
	for _, lie := range []fault.Lie{fault.LostPart, fault.ForeignPart, fault.WrongSize, fault.Garbled, fault.EmptyAnswer, fault.NoETag, fault.WrongChecksum} {
		trial := w.In(t).Trial()
		w.script.Set(fault.Rule{Op: fault.CompleteUpload, Fault: fault.Fault{Expire: true}})
		if r := trial.Run(lab.Command{Quiet: true}); r.Code != 6 {
			t.Fatalf("it was to be stopped before the first completion: %v", r)
		}
		stored, _ := trial.SentAgain()
		w.script.Set(fault.Rule{Op: fault.ListParts, Every: 2, Fault: fault.Fault{Lie: lie}})
		r := trial.Run(lab.Command{Quiet: true})
		struck := sum(w.script.Struck())
		w.script.Set()
		trial.Arrived(r)
		s, _ := r.Summary()
		_, again := trial.SentAgain()
		if struck == 0 || int64(again) != int64(stored)-s.ResumedParts || int64(again) > 2*struck {
			t.Errorf("%s: %d of %d lists lied, %d of %d parts were kept, %d sent again: %v", lie, struck, s.Rows, s.ResumedParts, stored, again, r)
		}
		t.Logf("%s: %s: %d lists lied: %d of %d parts sent again, every object whole", kind, lie, struck, again, stored)
		trial.Forget()
	}
}

// What is spoiled behind the back of a store that answers with the checksum of what was sent, no uploader can see that
// does not ask again: the answer to a whole object proves it, as far as anybody knows. Verify asks, and finds it; the
// same run, begun anew, mends it.
func TestVerifyFindsWhatTheStoreHid(t *testing.T) {
	kind := dialects(t, lab.Seed(t))[0]
	w := newWitness(t, kind, slices.Repeat([]int{3000}, 40))
	trial := w.Trial()
	w.script.Set(fault.Rule{Op: fault.PutObject, Every: 8, Fault: fault.Fault{Hide: true}})
	sent := trial.Run(lab.Command{Quiet: true})
	hidden := int(sum(w.script.Struck()))
	w.script.Set()
	found := trial.Run(verify(trial))
	if n := strings.Count(string(found.Stderr), "row differs"); sent.Code != 0 || found.Code != 1 || n != hidden {
		t.Errorf("%d objects were spoiled, %d found: %v", hidden, n, found)
	}
	trial.Finish()
	if r := trial.Run(verify(trial)); r.Code != 0 {
		t.Errorf("all is mended: %v", r)
	}
	t.Logf("%s: %d of 40 whole objects spoiled behind the answer: verify found %d, and the next run mended them", kind, hidden, hidden)
}

// verify is the command that compares a trial's objects with their sources.
func verify(trial *lab.Trial) lab.Command {
	return lab.Command{Args: []string{"verify", trial.Manifest, "--root", trial.Folder, "--to", trial.URL(), "--json"}}
}
