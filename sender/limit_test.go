package sender_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// parallel runs do on n goroutines.
func parallel(n int, do func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { do(i) })
	}
	all.Wait()
}

func wantTook(t *testing.T, began time.Time, want time.Duration) {
	t.Helper()
	took := time.Since(began)
	if took < want*9/10 || took > want*11/10 {
		t.Errorf("took %v, want %v within 10 %%", took, want)
	}
}

func TestByteLimitHoldsForTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(sender.Options{BytesPerSecond: 1 << 20}, sendertest.MemoryOptions{})
		data := sendertest.Payload(sendertest.Bytes(1, 1<<20), r.Wire()) // ten times what the bucket gives at once
		began := time.Now()
		parallel(8, func(int) {
			for range 2 {
				if _, err := r.stack.Put(t.Context(), &sender.Object{Key: "key", Size: 1 << 20}, data); err != nil {
					t.Error(err)
				}
			}
		})
		wantTook(t, began, 16*time.Second)
		if r.counts.Waited.Load() == 0 {
			t.Error("no wait was counted")
		}
	})
}

func TestRequestLimitHoldsForTheRun(t *testing.T) {
	for _, c := range []struct {
		perSecond float64
		requests  int
	}{{500, 5000}, {2, 20}, {0.5, 10}} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(sender.Options{RequestsPerSecond: c.perSecond}, sendertest.MemoryOptions{})
			began := time.Now()
			parallel(10, func(int) {
				for range c.requests / 10 {
					_, _ = r.stack.Head(t.Context(), "key")
				}
			})
			wantTook(t, began, time.Duration(float64(c.requests)/c.perSecond*float64(time.Second)))
		})
	}
}

func TestNoLimitNeverWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(sender.Options{}, sendertest.MemoryOptions{})
		began := time.Now()
		parallel(10, func(int) { _, _ = r.put(t, content) })
		if took := time.Since(began); took != 0 {
			t.Errorf("took %v", took)
		}
	})
}

func TestLimitEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(sender.Options{BytesPerSecond: 1}, sendertest.MemoryOptions{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second/2)
		defer cancel()
		began := time.Now()
		_, err := r.stack.Put(ctx, &sender.Object{Key: "key", Size: 10}, sendertest.Payload([]byte(content)))
		if took := time.Since(began); took != time.Second/2 || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("ended after %v with %v", took, err)
		}
		r.wantCalls(t, sendertest.Put, 0)
	})
}

// One answer that asks for a pause stops the other requests too, and they do not come back at one instant.
func TestThrottlingHoldsEveryoneBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := busy()
		slow.Throttle, slow.RetryAfter = sender.TooManyRequests, 5*time.Second
		r := newRig(sender.Options{}, sendertest.MemoryOptions{})
		r.faults.On(sendertest.Put, sendertest.Fault{Fail: slow}, 1)
		at := map[time.Duration]int{}
		began := time.Now()
		r.faults.When(sendertest.Head, func(int) sendertest.Fault {
			at[time.Since(began)]++
			return sendertest.Fault{}
		})
		parallel(50, func(i int) {
			if i == 0 {
				_, _ = r.put(t, content)
				return
			}
			time.Sleep(time.Millisecond) // after the throttled answer
			_, _ = r.stack.Head(t.Context(), "key")
		})
		for after, n := range at {
			if after < 5*time.Second || after > 6*time.Second || n > 2 {
				t.Errorf("%d requests after %v, want one now and then between 5 s and 6 s", n, after)
			}
		}
		if got := r.counts.Throttled.Load(); got != 1 {
			t.Errorf("%d throttled answers counted, want 1", got)
		}
	})
}

// Requests that were all turned away at one instant, with one wait, do not come back at one instant either.
func TestThrottledRequestsComeBackSpread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := busy()
		slow.Throttle, slow.RetryAfter = sender.TooManyRequests, 5*time.Second
		r := newRig(sender.Options{}, sendertest.MemoryOptions{})
		at := map[time.Duration]int{}
		began := time.Now()
		r.faults.When(sendertest.Put, func(n int) sendertest.Fault {
			if n <= 50 {
				return sendertest.Fault{Delay: time.Second, Fail: slow} // so that all are on their way
			}
			at[time.Since(began)]++
			return sendertest.Fault{}
		})
		parallel(50, func(int) { _, _ = r.put(t, content) })
		for after, n := range at {
			if after < 6*time.Second || n > 2 {
				t.Errorf("%d requests after %v, want one now and then after 6 s", n, after)
			}
		}
	})
}

// A store that says "slow down" and no more is left alone for a moment by all.
func TestThrottlingWithoutATimeHoldsBackToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := busy()
		slow.Throttle = sender.TooManyBytes
		r := newRig(sender.Options{Retries: -1}, sendertest.MemoryOptions{})
		r.faults.On(sendertest.Put, sendertest.Fault{Fail: slow}, 1)
		_, _ = r.put(t, content)
		began := time.Now()
		_, _ = r.stack.Head(t.Context(), "key")
		if took := time.Since(began); took < 200*time.Millisecond || took > 400*time.Millisecond {
			t.Errorf("the next request went out after %v", took)
		}
	})
}

// A later answer that asks for less does not shorten the pause.
func TestPauseIsNeverShortened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		long, short := busy(), busy()
		long.RetryAfter, short.RetryAfter = time.Minute, time.Second
		r := newRig(sender.Options{Retries: -1}, sendertest.MemoryOptions{})
		r.faults.On(sendertest.Put, sendertest.Fault{Fail: long}, 1)
		r.faults.On(sendertest.Begin, sendertest.Fault{Delay: time.Second, Fail: short}, 1)
		began := time.Now()
		parallel(2, func(i int) {
			if i == 0 {
				_, _ = r.put(t, content)
				return
			}
			_, _ = r.stack.Begin(t.Context(), &sender.Object{Key: "key"})
		})
		_, _ = r.stack.Head(t.Context(), "key")
		if took := time.Since(began); took < time.Minute {
			t.Errorf("the pause of a minute ended after %v", took)
		}
	})
}

// The listing of uploads is a request as all others.
func TestListingOfUploadsWaitsToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(sender.Options{Retries: -1}, sendertest.MemoryOptions{})
		r.faults.On(sendertest.Put, sendertest.Fault{Fail: tooMany(sender.TooManyRequests, 5*time.Second)}, 1)
		_, _ = r.put(t, content)
		lister, _ := sender.Lister(r.stack)
		began := time.Now()
		for range lister.Uploads(t.Context(), "") {
			t.Error("there is an upload")
		}
		if took := time.Since(began); took < 5*time.Second || took > 6*time.Second {
			t.Errorf("listed after %v, want 5 s to 6 s", took)
		}
	})
}

// A store that wants fewer bytes is asked no oftener for an object that has none than for one that has a few.
func TestEmptyObjectsWaitForAStoreThatWantsFewerBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(sender.Options{}, sendertest.MemoryOptions{})
		began := time.Now()
		r.faults.When(sendertest.Put, func(int) sendertest.Fault {
			if time.Since(began) < time.Minute {
				return sendertest.Fault{Fail: tooMany(sender.TooManyBytes, 0)}
			}
			return sendertest.Fault{}
		})
		parallel(20, func(int) {
			if _, err := r.put(t, ""); err != nil {
				t.Error(err)
			}
		})
		if n := r.faults.Calls(sendertest.Put); n > 300 {
			t.Errorf("%d requests in a minute, for 20 objects", n)
		}
	})
}
