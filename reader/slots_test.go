package reader

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// out takes n slots, or fails.
func out(t *testing.T, s *slots, n int) {
	t.Helper()
	for range n {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		err := s.acquire(ctx)
		cancel()
		if err != nil {
			t.Fatal(err)
		}
	}
}

func full(t *testing.T, s *slots) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	err := s.acquire(ctx)
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	return err != nil
}

func TestMoreChunksAreOutOnceTheLimitIsRaised(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(2, 8)
		out(t, s, 2)
		if !full(t, s) {
			t.Fatal("a third chunk was out of two")
		}
		s.set(5)
		out(t, s, 3)
		if !full(t, s) {
			t.Error("a sixth chunk was out of five")
		}
		s.set(100)
		out(t, s, 3)
		if !full(t, s) {
			t.Error("a ninth chunk was out of the most, eight")
		}
	})
}

func TestFewerChunksAreOutOnceTheLimitIsLowered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(6, 8)
		out(t, s, 6)
		s.set(2)
		for i := range 4 {
			if !s.release() {
				t.Errorf("release %d of the four beyond the limit paid nothing", i+1)
			}
			if !full(t, s) {
				t.Fatalf("a chunk more was out of two, after %d were released", i+1)
			}
		}
		if s.release() {
			t.Error("a chunk within the limit paid")
		}
		out(t, s, 1)
		s.set(0)
		s.release()
		s.release()
		if out(t, s, 1); !full(t, s) {
			t.Error("the limit of one, the least, was not kept")
		}
	})
}

// A limit that is raised before its debt is paid forgives the rest of it.
func TestDebtIsForgottenWithItsReason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots(6, 8)
		out(t, s, 6)
		s.set(2)
		s.set(7)
		out(t, s, 1)
		for range 7 {
			if s.release() {
				t.Fatal("a debt was paid that there was no more")
			}
		}
		out(t, s, 7)
		if !full(t, s) {
			t.Error("an eighth chunk was out of seven")
		}
	})
}

// Whoever comes and goes while the limit moves, in the end it holds.
func TestLimitThatMovesLosesNoSlot(t *testing.T) {
	s := newSlots(4, 32)
	var wg sync.WaitGroup
	var stop atomic.Bool
	for range 64 {
		wg.Go(func() {
			for !stop.Load() {
				if s.acquire(t.Context()) == nil {
					s.release()
				}
			}
		})
	}
	for i := range 2000 {
		s.set(1 + i*7%32)
	}
	s.set(5)
	stop.Store(true)
	wg.Wait()
	if kept := len(s.taken) + int(s.debt.Load()); kept != 32-5 {
		t.Errorf("%d of 32 slots are kept, want 27", kept)
	}
}

// Buffers that are no more needed are given back.
func TestMemoryFollowsTheLimitDown(t *testing.T) {
	r := New(Options{Mode: Pread, Buffers: 8})
	defer r.Close()
	s := open(t, r, write(t, make([]byte, 8*smallest)))
	var chunks []*Chunk
	for i := range 8 {
		c, err := s.Read(t.Context(), int64(i*smallest), smallest)
		if err != nil {
			t.Fatal(err)
		}
		chunks = append(chunks, c)
	}
	chunks[0].Release()
	r.SetBuffers(3)
	for _, c := range chunks {
		c.Release()
	}
	if n := len(r.buffers.free); n != 3 {
		t.Errorf("%d buffers are kept, want 3", n)
	}
}
