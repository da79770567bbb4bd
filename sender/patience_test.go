package sender_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

func TestThrottlingCostsNoRetries(t *testing.T) {
	for name, err := range map[string]error{
		"Requests": tooMany(sender.TooManyRequests, 0),
		"Bytes":    tooMany(sender.TooManyBytes, 0),
		"Named":    tooMany(sender.TooManyRequests, 20*time.Second),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(sender.Options{Retries: 1}, sendertest.MemoryOptions{})
				r.away(10*time.Minute, err, sendertest.Put)
				began := time.Now()
				if _, err := r.put(t, content); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(began); took > 10*time.Minute+25*time.Second {
					t.Errorf("took %v, want ten minutes and a little", took)
				}
			})
		})
	}
}

func TestStoreThatThrottlesEverybodyStopsTheRun(t *testing.T) {
	for patience, limit := range map[time.Duration]time.Duration{0: sender.DefaultPatience, time.Minute: time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(sender.Options{Patience: patience}, sendertest.MemoryOptions{})
			_ = r.ask(t.Context())
			r.away(forever, tooMany(sender.TooManyRequests, 0), sendertest.Begin, sendertest.Head)
			began := time.Now()
			parallel(4, func(i int) {
				err := r.beginOnly(t.Context())
				wantFailure(t, err, sender.StopRun, began, limit, limit+10*time.Second)
				if !strings.Contains(err.Error(), "throttled every request for") {
					t.Errorf("the error does not say what happened: %v", err)
				}
			})
		})
	}
}

// Somebody was served when the storm began for others already: that is no reason to go on for ever, or to let the rows
// fail one by one.
func TestLateSuccessDoesNotMakeRowsFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(sender.Options{}, sendertest.MemoryOptions{})
		r.away(forever, tooMany(sender.TooManyRequests, 0), sendertest.Begin)
		r.faults.On(sendertest.Head, sendertest.Fault{Delay: 5 * time.Minute}, 1)
		began := time.Now()
		parallel(2, func(i int) {
			if i == 0 {
				_ = r.ask(t.Context())
				return
			}
			err := r.beginOnly(t.Context())
			limit := 5*time.Minute + sender.DefaultPatience
			wantFailure(t, err, sender.StopRun, began, limit, limit+10*time.Second)
		})
	})
}

// A key that alone is throttled, as those of a hot prefix may be, must fail some day, and stop nobody else.
func TestRowThatAloneIsThrottledFailsSomeDay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(sender.Options{}, sendertest.MemoryOptions{})
		r.away(forever, tooMany(sender.TooManyRequests, 0), sendertest.Begin)
		ctx, cancel := context.WithCancel(t.Context())
		var others sync.WaitGroup
		others.Go(func() {
			for ctx.Err() == nil {
				_ = r.ask(ctx)
				time.Sleep(100 * time.Millisecond)
			}
		})
		began := time.Now()
		err := r.beginOnly(ctx)
		cancel()
		others.Wait()
		wantFailure(t, err, sender.TryAgain, began, sender.DefaultPatience, sender.DefaultPatience+3*time.Minute)
		if !strings.Contains(err.Error(), "SlowDown") {
			t.Errorf("the error does not say what happened: %v", err)
		}
	})
}

func TestThrottlingIsNotBorneWhereNobodyWants(t *testing.T) {
	for _, c := range []struct {
		options sender.Options
		calls   int
	}{
		{sender.Options{Retries: -1}, 1},
		{sender.Options{Retries: -1, Patience: time.Hour}, 1},
		{sender.Options{Retries: 2, Patience: -1}, 3},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(c.options, sendertest.MemoryOptions{})
			r.faults.Always(sendertest.Begin, sendertest.Fault{Fail: tooMany(sender.TooManyRequests, 0)})
			began := time.Now()
			wantFailure(t, r.beginOnly(t.Context()), sender.TryAgain, began, 0, 5*time.Second)
			r.wantCalls(t, sendertest.Begin, c.calls)
		})
	}
}

// A request that waits in line when its context ends says why it was there.
func TestEndInLineSaysWhatHadFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(sender.Options{}, sendertest.MemoryOptions{})
		r.away(forever, tooMany(sender.TooManyRequests, 0), sendertest.Begin)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		began := time.Now()
		parallel(8, func(int) {
			err := r.beginOnly(ctx)
			wantFailure(t, err, sender.TryAgain, began, time.Minute, time.Minute)
			if !strings.Contains(err.Error(), "SlowDown") || attempts(err) == 0 {
				t.Errorf("the error does not say what had failed: %v", err)
			}
		})
	})
}
