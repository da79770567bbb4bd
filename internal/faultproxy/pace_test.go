package faultproxy

import (
	"io"
	"sync"
	"testing"
	"time"
)

// took fails unless something took about as long as it should: never less, and more only as a busy machine may need.
func took(t *testing.T, begun time.Time, want time.Duration) {
	t.Helper()
	if d := time.Since(begun); d < want*9/10 || d > want+5*time.Second {
		t.Errorf("took %v, want %v", d, want)
	}
}

func TestRateHoldsEachWay(t *testing.T) {
	x := open(t, Fault{Rate: 100_000})
	begun := time.Now()
	speak(t, x.client, 20_000)
	speak(t, x.target, 20_000)
	reads(t, "target", x.target, 20_000)
	took(t, begun, 200*time.Millisecond)
	reads(t, "client", x.client, 20_000)
}

// TestASlowLineMovesEvenly reads a line that is slow, and looks for a silence that is longer than its bytes take.
func TestASlowLineMovesEvenly(t *testing.T) {
	x := open(t, Fault{Rate: 20_000})
	speak(t, x.client, 16_000)
	x.target.SetReadDeadline(time.Now().Add(2 * time.Second))
	for range 8 {
		begun := time.Now()
		if _, err := io.ReadFull(x.target, make([]byte, 2000)); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(begun); d > time.Second {
			t.Errorf("silent for %v", d)
		}
	}
}

func TestConnectionsShareALink(t *testing.T) {
	l := listen(t)
	p := start(t, l.Addr().String())
	line := NewLink(100_000)
	p.Plan(func(int) Fault { return Fault{Link: line} })
	begun := time.Now()
	var all sync.WaitGroup
	for range 4 {
		speak(t, dial(t, p), 10_000)
		target := accept(t, l)
		all.Go(func() {
			if n, err := io.ReadFull(target, make([]byte, 10_000)); err != nil {
				t.Errorf("%d bytes, %v", n, err)
			}
		})
	}
	all.Wait()
	took(t, begun, 400*time.Millisecond)
}

func TestLatencyDelaysEachWay(t *testing.T) {
	x := open(t, Fault{Latency: 50 * time.Millisecond})
	begun := time.Now()
	speak(t, x.client, 10)
	reads(t, "target", x.target, 10)
	speak(t, x.target, 10)
	reads(t, "client", x.client, 10)
	took(t, begun, 100*time.Millisecond)
}

func TestSlicesAreNoLongerThanTold(t *testing.T) {
	x := open(t, Fault{Slice: 3, Rate: 1 << 20})
	speak(t, x.client, 10)
	heard := 0
	for heard < 10 {
		n, err := x.target.Read(make([]byte, 100))
		if err != nil {
			t.Fatal(err)
		}
		heard += n
	}
	d := (&connection{fault: Fault{Slice: 3}}).direction(x.client, x.target, 0, ending{})
	if d.slice(10) != 3 || d.slice(2) != 2 {
		t.Error("a slice is too long")
	}
}
