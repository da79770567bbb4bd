package sender_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// quitRig is a rig whose run ends after d.
func quitRig(t *testing.T, d time.Duration, o sender.Options) *rig {
	quit := make(chan struct{})
	timer := time.AfterFunc(d, func() { close(quit) })
	t.Cleanup(func() { timer.Stop() })
	o.Quit = quit
	return newRig(o, sendertest.MemoryOptions{})
}

// wantQuit expects a call that began at a given time to have ended after d because of the run's end.
func wantQuit(t *testing.T, err error, began time.Time, d time.Duration) {
	t.Helper()
	if !errors.Is(err, sender.ErrQuitting) || sender.KindOf(err) != sender.TryAgain {
		t.Errorf("error %v of kind %v, want %v", err, sender.KindOf(err), sender.ErrQuitting)
	}
	if took := time.Since(began); took != d {
		t.Errorf("ended after %v, want %v", took, d)
	}
}

// Whoever waits for the next try ends with the run, wherever the wait is, and says what had failed.
func TestQuitEndsTheWaitForTheNextTry(t *testing.T) {
	failure := errors.New("what had failed")
	fail := func(throttle sender.Throttle, after time.Duration) error {
		return &sender.Error{Kind: sender.TryAgain, Status: 503, Throttle: throttle, RetryAfter: after, Err: failure}
	}
	for name, c := range map[string]struct {
		options sender.Options
		fail    error
	}{
		"Backoff": {fail: fail(sender.NotThrottled, 0), options: sender.Options{Retries: 1000}},
		"Gate":    {fail: fail(sender.NotThrottled, time.Minute)},
		"Pace":    {fail: fail(sender.TooManyRequests, 0)},
		"Bytes":   {fail: fail(sender.TooManyBytes, 0)},
		"Limit":   {fail: fail(sender.NotThrottled, 0), options: sender.Options{Retries: 1000, RequestsPerSecond: 0.1}},
		"Outage":  {fail: errors.Join(sender.ErrUnreachable, failure)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := quitRig(t, 30*time.Second, c.options)
				r.away(forever, c.fail, sendertest.Put)
				began := time.Now()
				parallel(8, func(int) {
					_, err := r.put(t, content)
					wantQuit(t, err, began, 30*time.Second)
					if attempts(err) > 0 && !errors.Is(err, failure) {
						t.Errorf("the error does not say what had failed: %v", err)
					}
				})
			})
		})
	}
}

func TestQuitLetsFinishWhatIsOnItsWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := quitRig(t, time.Second, sender.Options{})
		r.faults.Always(sendertest.Put, sendertest.Fault{Delay: time.Minute})
		if _, err := r.put(t, content); err != nil {
			t.Error(err)
		}
		r.wantObject(t, content)
	})
}

// What was on its way and fails after the end is not tried again, not even at once.
func TestQuitAllowsNoOtherTry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := quitRig(t, time.Second, sender.Options{})
		r.faults.Always(sendertest.Put, sendertest.Fault{Delay: time.Minute, Fail: busy()})
		began := time.Now()
		_, err := r.put(t, content)
		wantQuit(t, err, began, time.Minute)
		r.wantCalls(t, sendertest.Put, 1)
		if attempts(err) != 1 {
			t.Errorf("%d tries, want 1: %v", attempts(err), err)
		}
	})
}

// What cannot succeed has failed, whoever is quitting.
func TestQuitHidesNoFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := quitRig(t, time.Second, sender.Options{Retries: -1})
		r.faults.On(sendertest.Put, sendertest.Fault{Delay: time.Minute, Fail: &sender.Error{Kind: sender.GiveUp}}, 1)
		r.faults.On(sendertest.Put, sendertest.Fault{Fail: busy()}, 2)
		for range 2 {
			if _, err := r.put(t, content); err == nil || errors.Is(err, sender.ErrQuitting) {
				t.Errorf("error %v, want what failed", err)
			}
		}
	})
}

// A first try that waits to be sent ends too: nothing is lost by it. One that need not wait is made: it may be the
// last one that an object wants.
func TestQuitEndsFirstTriesThatWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := quitRig(t, 5*time.Second, sender.Options{RequestsPerSecond: 1})
		began := time.Now()
		var done, ended atomic.Int64
		parallel(10, func(int) {
			err := r.beginOnly(t.Context())
			if err == nil {
				done.Add(1)
				return
			}
			ended.Add(1)
			wantQuit(t, err, began, 5*time.Second)
			if attempts(err) != 0 {
				t.Errorf("%d tries, want none: %v", attempts(err), err)
			}
		})
		if done.Load() < 5 || done.Load() > 6 || done.Load()+ended.Load() != 10 {
			t.Errorf("%d done and %d ended, want 5 and 5", done.Load(), ended.Load())
		}
		time.Sleep(10 * time.Second)
		if err := r.beginOnly(t.Context()); err != nil {
			t.Errorf("without a wait: %v", err)
		}
	})
}

func TestQuitEndsAListing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := quitRig(t, 30*time.Second, sender.Options{Retries: 1000})
		u := r.begin(t, nil)
		r.faults.Always(sendertest.Parts, down)
		began := time.Now()
		var err error
		_ = r.list(t, u.Upload, &err)
		wantQuit(t, err, began, 30*time.Second)
	})
}

// The end of the run says nothing of an object whose answer was lost: it must not look as if the upload were gone.
func TestQuitWhileAnAnswerIsSettled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := quitRig(t, 30*time.Second, sender.Options{})
		u := r.begin(t, nil)
		r.faults.On(sendertest.Complete, lose, 1)
		r.away(forever, tooMany(sender.TooManyRequests, 0), sendertest.Head)
		began := time.Now()
		_, err := u.complete(t)
		wantQuit(t, err, began, 30*time.Second)
		if !errors.Is(err, sender.ErrNoAnswer) || errors.Is(err, sender.ErrNoSuchUpload) {
			t.Errorf("error %v, want %v", err, sender.ErrNoAnswer)
		}
		r.wantCalls(t, sendertest.Complete, 1)
	})
}
