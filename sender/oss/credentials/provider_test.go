package credentials

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/oss"
)

// clock is a clock that stands until it is moved.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time          { return time.Unix(1_800_000_000, c.at.Load()) }
func (c *clock) advance(d time.Duration) { c.at.Add(int64(d)) }

// script is a source that issues sessions of a life, one after the other.
type script struct {
	clock *clock
	life  time.Duration // 0: they last
	calls atomic.Int64
	gate  chan struct{} // each fetch waits for one, if it is not nil
	err   atomic.Pointer[error]
	same  bool // it always issues the first one
}

func (s *script) origin() origin { return origin{source: "script", where: "a script", renews: true} }

func (s *script) fetch(ctx context.Context) (session, error) {
	n := s.calls.Add(1)
	if s.gate != nil {
		select {
		case <-s.gate:
		case <-ctx.Done():
			return session{}, ctx.Err()
		}
	}
	if err := s.err.Load(); err != nil && *err != nil {
		return session{}, *err
	}
	if s.same {
		n = 1
	}
	got := session{Credentials: oss.Credentials{AccessKeyID: fmt.Sprintf("id-%d", n), AccessKeySecret: "canary", SecurityToken: "canary"}}
	if s.life > 0 {
		got.expires = s.clock.now().Add(s.life)
	}
	return got, nil
}

func (s *script) fail(err error) { s.err.Store(&err) }

func scripted(life time.Duration) (*Provider, *script, *clock) {
	c := &clock{}
	s := &script{clock: c, life: life}
	return &Provider{source: s, now: c.now}, s, c
}

func is(t *testing.T, p *Provider, want string) {
	t.Helper()
	if c, err := p.Credentials(t.Context()); err != nil || c.AccessKeyID != want {
		t.Errorf("got %v, %v, want %s", c, err, want)
	}
}

// eventually waits until something is so.
func eventually(t *testing.T, so func() bool) {
	t.Helper()
	for range 5000 {
		if so() {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("it never was so")
}

func TestTheSourceIsNotAskedOnEveryRequest(t *testing.T) {
	p, s, c := scripted(time.Hour)
	for range 1000 {
		is(t, p, "id-1")
		c.advance(3 * time.Second)
	}
	if n := s.calls.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
	lasting, s, c := scripted(0)
	for range 10 {
		is(t, lasting, "id-1")
		c.advance(24 * time.Hour)
	}
	if n := s.calls.Load(); n != 1 {
		t.Errorf("asked %d times for what lasts", n)
	}
}

func TestCredentialsAreRenewedBeforeTheyEnd(t *testing.T) {
	for life, before := range map[time.Duration]time.Duration{time.Hour: 5 * time.Minute, 8 * time.Minute: 2 * time.Minute} {
		p, _, c := scripted(life)
		is(t, p, "id-1")
		c.advance(life - before - time.Second)
		is(t, p, "id-1")
		c.advance(2 * time.Second)
		is(t, p, "id-2")
	}
}

func TestWhileOneRenewsTheOthersGoOn(t *testing.T) {
	p, s, c := scripted(time.Hour)
	is(t, p, "id-1")
	c.advance(56 * time.Minute)
	s.gate = make(chan struct{})
	var renewer sync.WaitGroup
	renewer.Go(func() { is(t, p, "id-2") })
	eventually(t, func() bool { return s.calls.Load() == 2 })
	for range 100 {
		is(t, p, "id-1")
	}
	s.gate <- struct{}{}
	renewer.Wait()
	is(t, p, "id-2")
	if n := s.calls.Load(); n != 2 {
		t.Errorf("asked %d times", n)
	}
}

func TestRenewalThatFailsEarlyCanWait(t *testing.T) {
	p, s, c := scripted(time.Hour)
	is(t, p, "id-1")
	c.advance(56 * time.Minute)
	s.fail(errors.New("away"))
	for range 100 {
		is(t, p, "id-1")
	}
	if n := s.calls.Load(); n != 2 {
		t.Errorf("asked %d times in a row", n)
	}
	c.advance(31 * time.Second)
	is(t, p, "id-1")
	if n := s.calls.Load(); n != 3 {
		t.Errorf("asked %d times after half a minute", n)
	}
	c.advance(4 * time.Minute)
	if _, err := p.Credentials(t.Context()); err == nil {
		t.Error("expired credentials were handed out")
	}
	s.fail(nil)
	is(t, p, "id-5")
}

func TestAllWaitForOneAnswerOnceTheyHaveExpired(t *testing.T) {
	p, s, c := scripted(time.Hour)
	is(t, p, "id-1")
	c.advance(2 * time.Hour)
	s.gate = make(chan struct{})
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() { is(t, p, "id-2") })
	}
	eventually(t, func() bool { return s.calls.Load() == 2 })
	s.gate <- struct{}{}
	all.Wait()
	if n := s.calls.Load(); n != 2 {
		t.Errorf("asked %d times", n)
	}
}

func TestOneFailureIsToldToAllWhoWaitedForIt(t *testing.T) {
	p, s, _ := scripted(time.Hour)
	s.gate = make(chan struct{})
	s.fail(&sender.Error{Op: "ask", Kind: sender.TryAgain})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := p.Credentials(t.Context()); sender.KindOf(err) != sender.TryAgain || err == nil {
				t.Errorf("got %v", err)
			}
		})
	}
	eventually(t, func() bool { return s.calls.Load() == 1 })
	time.Sleep(50 * time.Millisecond) // for the others to wait
	close(s.gate)
	all.Wait()
	if n := s.calls.Load(); n > 2 {
		t.Errorf("asked %d times", n)
	}
}

func TestWhoGoesAwayDoesNotFailTheOthers(t *testing.T) {
	p, s, _ := scripted(time.Hour)
	s.gate = make(chan struct{})
	ctx, leave := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() {
		if _, err := p.Credentials(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
	eventually(t, func() bool { return s.calls.Load() == 1 })
	all.Go(func() { is(t, p, "id-2") })
	impatient, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := p.Credentials(impatient); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	leave()
	s.gate <- struct{}{}
	all.Wait()
}

func TestRefusedCredentialsAreRenewedOnceForAll(t *testing.T) {
	p, s, _ := scripted(time.Hour)
	is(t, p, "id-1")
	stale, _ := p.Credentials(t.Context())
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			if c, err := p.Refresh(t.Context(), stale); err != nil || c.AccessKeyID != "id-2" {
				t.Errorf("got %v, %v", c, err)
			}
		})
	}
	all.Wait()
	if n := s.calls.Load(); n != 2 {
		t.Errorf("asked %d times", n)
	}
}

func TestSourceWithNoOthersIsAskedOnceForWhatIsRefused(t *testing.T) {
	p, s, c := scripted(0)
	s.same = true
	is(t, p, "id-1")
	stale, _ := p.Credentials(t.Context())
	for range 10 {
		_, err := p.Refresh(t.Context(), stale)
		wants(t, err, sender.StopRun, "from a script", "no others")
		noSecret(t, err)
	}
	if n := s.calls.Load(); n != 2 {
		t.Errorf("asked %d times", n)
	}
	c.advance(refusalMemory)
	s.same = false
	if c, err := p.Refresh(t.Context(), stale); err != nil || c.AccessKeyID != "id-3" {
		t.Errorf("got %v, %v", c, err)
	}
}

func TestStoreThatRefusesAllDoesNotMakeUsAskForEver(t *testing.T) {
	p, s, c := scripted(time.Hour)
	for range 50 {
		stale, err := p.Credentials(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, _ = p.Refresh(t.Context(), stale)
	}
	stale, _ := p.Credentials(t.Context())
	_, err := p.Refresh(t.Context(), stale)
	wants(t, err, sender.StopRun, "refused 3 renewed credentials")
	if n := s.calls.Load(); n != 1+mostRefusals {
		t.Errorf("asked %d times", n)
	}
	c.advance(refusalMemory)
	if _, err := p.Refresh(t.Context(), stale); err != nil {
		t.Error(err)
	}
}

func TestSourceThatPanicsLeavesNobodyWaiting(t *testing.T) {
	p, s, _ := scripted(time.Hour)
	s.clock = nil
	func() {
		defer func() { _ = recover() }()
		_, _ = p.Credentials(t.Context())
	}()
	s.clock = &clock{}
	is(t, p, "id-2")
}

func BenchmarkCredentials(b *testing.B) {
	p := &Provider{source: &script{clock: &clock{}, life: time.Hour}, now: (&clock{}).now}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := p.Credentials(b.Context()); err != nil {
				b.Error(err)
			}
		}
	})
}
