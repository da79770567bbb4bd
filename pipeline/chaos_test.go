package pipeline

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/reader"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// One call in ten goes wrong, in every way that there is; one access to a source in fifty; and runs are stopped, or cut
// off, at any moment. Run after run, each with the journal opened anew, brings every row to done: once, whole, and
// with little sent twice.
func TestChaos(t *testing.T) {
	torture(t, 1, func(t *testing.T, luck *luck) {
		c := newChaos(t, luck)
		before := descriptors(t)
		runs := c.untilDone()
		c.wantAllOnce()
		if after := descriptors(t); after > before {
			t.Errorf("%d descriptors are open, %d were before", after, before)
		}
		size, sent := c.size, c.received.Load()
		t.Logf("%d runs, %d calls, %d parts failed or were lost; %.3f bytes received for one", runs, c.counters.Requests.Load(),
			c.counters.Failures.Load(), float64(sent)/float64(size))
		if float64(sent) > 1.15*float64(size) {
			t.Errorf("%d bytes were received for %d", sent, size)
		}
	})
}

type chaos struct {
	*lab
	luck     *luck
	counters sender.Counters
	size     int64 // bytes of all sources
	received atomic.Int64
	calls    atomic.Int64
}

func newChaos(t *testing.T, luck *luck) *chaos {
	c := &chaos{lab: newLab(t), luck: luck}
	c.mode = []reader.Mode{reader.Pread, reader.Mmap}[luck.below(2)]
	c.options.Parallel, c.options.Retries, c.options.Tries = 8, 0, 5
	c.stack = sender.Options{Counters: &c.counters}
	c.faults = sendertest.NewFaults(&scales{c.memory, c})
	for i := range 250 {
		n := int64(luck.below(2 * partSize))
		if luck.one(4) {
			n = int64(luck.below(30 * partSize))
		}
		c.size += n
		c.file(fmt.Sprint("f", i), n)
	}
	for op := sendertest.Put; op <= sendertest.Head; op++ {
		c.faults.When(op, func(int) sendertest.Fault { return c.fault(op) })
	}
	errnos := []error{syscall.EIO, syscall.EMFILE, syscall.ESTALE, syscall.ENOMEM}
	c.bad(func(int, string) error {
		if luck.one(50) {
			return errnos[luck.below(len(errnos))]
		}
		return nil
	})
	return c
}

// fault is what goes wrong with one call in ten.
func (c *chaos) fault(op sendertest.Op) sendertest.Fault {
	c.calls.Add(1)
	if !c.luck.one(10) {
		return sendertest.Fault{}
	}
	busy := &sender.Error{Kind: sender.TryAgain, Status: 500, Code: "InternalError"}
	slow := &sender.Error{Kind: sender.TryAgain, Status: 503, Code: "SlowDown", Throttle: sender.TooManyRequests}
	faults := []sendertest.Fault{
		{Fail: busy}, {Fail: busy}, {Fail: slow}, {Fail: sender.ErrUnreachable}, {Fail: sender.ErrNoAnswer},
		{Lose: true}, {Lose: true}, {Silence: true}, {Delay: 5 * time.Millisecond}, {Forge: true},
	}
	if op == sendertest.SendPart || op == sendertest.Put {
		faults = append(faults, sendertest.Fault{Flip: true}, sendertest.Fault{Flip: true})
	}
	if op == sendertest.Head {
		faults = faults[:len(faults)-1] // a store that lies to questions can make everything look overwritten
	}
	return faults[c.luck.below(len(faults))]
}

// untilDone runs the job until all is done. The first runs are stopped, or cut off.
func (c *chaos) untilDone() (runs int) {
	for runs = 1; ; runs++ {
		p, err := c.oneRun(runs <= 6)
		if err == nil && p.Failed == 0 {
			return runs
		}
		if err != nil && !errors.Is(err, ErrStopped) || runs == 60 {
			c.complain()
			c.Fatalf("run %d: %+v, %v", runs, p, err)
		}
	}
}

func (c *chaos) oneRun(cut bool) (Progress, error) {
	ctx, cancel := context.WithCancel(c.Context())
	defer cancel()
	if !cut {
		return c.runUnder(ctx)
	}
	end := time.Duration(50+c.luck.below(400)) * time.Millisecond
	kill := c.luck.one(2)
	var timer *time.Timer
	p, err := c.runUnder(ctx, func(r *Runner) {
		timer = time.AfterFunc(end, func() {
			if r.Stop(errBroken); kill {
				cancel()
			}
		})
	})
	timer.Stop()
	return p, err
}

// wantAllOnce wants each row done once, reported once, and whole.
func (c *chaos) wantAllOnce() {
	done := map[int64]int{}
	for _, e := range c.events {
		if e.Kind == Settled && e.Status == journal.Done {
			done[e.Row]++
		}
	}
	if n := c.memory.OpenUploads(); n != 0 {
		c.Errorf("%d uploads are left open", n)
	}
	lines := c.report()
	if len(lines) != 250 {
		c.Errorf("%d lines of report", len(lines))
	}
	for i, line := range lines {
		if line.Row != int64(i+1) || line.Status != "done" || done[line.Row] != 1 {
			c.Errorf("done %d times: %+v", done[line.Row], line)
		}
		c.same(line.Source, line.Key)
	}
}

// scales is a store that counts what it receives.
type scales struct {
	*sendertest.Memory
	c *chaos
}

func (s *scales) Put(ctx context.Context, o *sender.Object, p sender.Payload) (sender.Receipt, error) {
	s.c.received.Add(int64(len(p.Data)))
	return s.Memory.Put(ctx, o, p)
}

func (s *scales) SendPart(ctx context.Context, u sender.Upload, p sender.Part) (sender.Receipt, error) {
	s.c.received.Add(int64(len(p.Data)))
	return s.Memory.SendPart(ctx, u, p)
}
