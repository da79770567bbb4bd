package pipeline

import (
	"errors"
	"fmt"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/sender"
	"github.com/sourcegraph/conc"
)

// ledger is the one place that decides what an outcome means, and records it: of parts as they are gathered, of
// files as they are settled. Files may be gathered at once, each by whoever has its parts; they are settled one by one.
type ledger struct{ *Runner }

// gather collects parts until their file has all of them, and hands the file on.
func (l *ledger) gather(wg *conc.WaitGroup, parts <-chan *part) <-chan *file {
	out := make(chan *file)
	d := l.desks("journal", 1)[0]
	wg.Go(func() {
		defer close(out)
		for p := range parts {
			d.take(p)
			l.gathered(p)
			d.leave()
			if p.file.left--; p.file.left == 0 {
				out <- p.file
			}
		}
	})
	return out
}

// gathered notes what became of a part.
func (l *ledger) gathered(p *part) {
	f := p.file
	switch {
	case p.err != nil:
		f.fail(p.err)
		l.alarm(p.err)
	case p.kept:
		l.partKept(p)
	case p.stored && f.one():
		l.wholeSent(p)
	case p.stored:
		l.partSent(p)
	}
}

func (l *ledger) wholeSent(p *part) {
	f := p.file
	f.got = p.receipt
	f.whole, f.xxh3 = p.sums.Get(f.sums.whole), p.sums.Get(hasher.XXH3)
	f.extra += max(0, p.receipt.Attempts-1)
	l.tally.part(p)
}

func (l *ledger) partKept(p *part) {
	p.file.parts[p.number-1] = sender.StoredPart{
		Number: p.number, Size: p.claim.Size, ETag: p.claim.ETag, Checksum: p.claim.Checksum,
	}
	l.tally.part(p)
	if p.unsure != nil {
		p.file.fail(l.record(*p.claim))
	}
}

func (l *ledger) partSent(p *part) {
	f := p.file
	sum := p.sums.Get(f.sums.whole)
	f.parts[p.number-1] = sender.StoredPart{Number: p.number, Size: p.n, ETag: p.receipt.ETag, Checksum: sum}
	f.extra += max(0, p.receipt.Attempts-1)
	l.tally.part(p)
	f.fail(l.record(journal.Part{
		Row: f.row.Number, Number: p.number, Size: p.n,
		XXH3: p.sums.Get(hasher.XXH3).Uint64(), Checksum: sum, ETag: p.receipt.ETag,
	}))
}

// settle decides a file's outcome and records it, or has it sent again.
func (l *ledger) settle(f *file) {
	l.tally.leave(f)
	l.tell(f)
	if f.drop {
		f.fail(l.record(journal.Dropped{Row: f.row.Number}))
	}
	switch {
	case f.err == nil:
		l.done(f)
	case interrupted(f.err):
		f.settled = true // no outcome: the next run takes it up
		l.alarm(f.err)
	case (worthAgain(f.err) || f.shunned()) && f.tries < l.opts.Tries:
		l.opts.Observe(f.event(SentAgain, f.err))
		f.again()
	default:
		l.failed(f)
	}
}

// tell tells what happened to the file before it came here, where one goroutine tells everything in order.
func (l *ledger) tell(f *file) {
	if f.forgotten {
		l.opts.Observe(f.event(Forgotten, sender.ErrNoSuchUpload))
	}
	if f.swept {
		l.opts.Observe(f.event(Swept, nil))
	}
	if f.incomparable {
		l.opts.Observe(f.event(Incomparable, nil))
	}
	if f.adopted {
		l.opts.Observe(f.event(Adopted, nil))
	}
	for _, n := range f.news {
		l.opts.Observe(f.event(n.kind, n.err))
	}
	f.tidings = tidings{}
}

func (l *ledger) done(f *file) {
	if err := l.remember(f); err != nil {
		f.fail(err)
		l.failed(f)
		return
	}
	f.settled = true
	if f.status != journal.Kept && !l.unproven(f.row.Number) {
		l.tally.bytes.Add(f.object.Size)
	}
	l.tally.of(f.status).Add(1)
	l.opts.Observe(f.event(Settled, f.callbackError()))
}

// remember records a file's outcome, unless the journal has just that.
func (l *ledger) remember(f *file) error {
	if f.remains() {
		return nil
	}
	return l.record(l.outcome(f))
}

func (l *ledger) failed(f *file) {
	f.settled = true
	f.status = journal.Failed
	o := l.outcome(f)
	o.Failure = failureOf(f.err)
	if err := l.record(o); err != nil {
		_ = l.record(bare(o, err)) // of which nothing is the store's
	}
	l.tally.failed.Add(1)
	l.opts.Observe(f.event(Settled, f.err))
}

// bare is the outcome of a row of which the journal refuses a text, without any that came from the store.
func bare(o journal.Outcome, refusal error) journal.Outcome {
	return journal.Outcome{
		Row: o.Row, Status: journal.Failed, Size: o.Size, Parts: o.Parts, Attempts: o.Attempts, Failure: failureOf(refusal),
	}
}

func (l *ledger) outcome(f *file) journal.Outcome {
	o := journal.Outcome{
		Row: f.row.Number, Status: f.status, Size: f.object.Size, Parts: max(1, f.plan.Parts),
		XXH3: xxh3Of(f), HasXXH3: !f.xxh3.IsZero(), Checksum: f.whole,
		ETag: f.got.ETag, VersionID: f.got.VersionID, Attempts: f.tries + f.extra + repeats(f.err),
	}
	if f.there {
		o.Parts, o.Compared = 0, f.compared
	}
	if c := f.got.Callback; c != nil {
		o.Callback = string(c.Answer)
	}
	if err := f.callbackError(); err != nil {
		o.Failure = failureOf(err)
	}
	return o
}

func xxh3Of(f *file) uint64 {
	if f.xxh3.IsZero() {
		return 0
	}
	return f.xxh3.Uint64()
}

// repeats is how many of a failed request's tries were repetitions.
func repeats(err error) int {
	if e, ok := errors.AsType[*sender.Error](err); ok {
		return max(0, e.Attempts-1)
	}
	return 0
}

// record appends to the journal. It returns an error if the journal is sound and takes no such record, for what the
// store answered: that is the row's misfortune. A journal that fails stops the run: what happens from then on is not
// remembered, so less of it is better.
func (l *ledger) record(rec journal.Record) error {
	err := l.job.Journal.Append(rec)
	if errors.Is(err, journal.ErrRecord) {
		return fmt.Errorf("what the store answered cannot be remembered: %w", err)
	}
	if err != nil {
		l.halt.stop(err)
	}
	return nil
}

// alarm stops the run for an error that no other row can escape.
func (l *ledger) alarm(err error) {
	if errors.Is(err, sender.ErrQuitting) {
		l.Stop(err)
	}
	if sender.KindOf(err) == sender.StopRun || errors.Is(err, journal.ErrDead) {
		l.halt.stop(err)
	}
}
