package main

import (
	"testing"
	"time"

	"github.com/ingest-dev/ingest/pipeline"
)

// TestWatchdogSpeaksOnceAndWhenItHasDoubled looks every five seconds at a part that is stuck for six minutes.
func TestWatchdogSpeaksOnceAndWhenItHasDoubled(t *testing.T) {
	w := newWatchdog(&transfer{})
	var spoken []time.Duration
	for since := w.patience; since <= 6*time.Minute; since += lookEvery {
		for _, s := range w.look([]pipeline.Stuck{{Row: 1, Part: 2, Stage: "send", Since: since}}) {
			spoken = append(spoken, s.Since)
		}
	}
	if len(spoken) != 3 || spoken[0] != time.Minute || spoken[1] != 2*time.Minute || spoken[2] != 4*time.Minute {
		t.Errorf("spoke after %v", spoken)
	}
}

func TestWatchdogForgetsWhatGotOn(t *testing.T) {
	w := newWatchdog(&transfer{})
	stuck := pipeline.Stuck{Row: 1, Stage: "send", Since: time.Minute}
	other := stuck
	other.Stage = "finish"
	for i, c := range []struct {
		now  []pipeline.Stuck
		want int
	}{
		{[]pipeline.Stuck{stuck}, 1}, {[]pipeline.Stuck{stuck}, 0}, {[]pipeline.Stuck{other}, 1}, {nil, 0}, {[]pipeline.Stuck{stuck}, 1},
	} {
		if got := w.look(c.now); len(got) != c.want {
			t.Errorf("look %d: %d, want %d", i, len(got), c.want)
		}
	}
	if len(w.next) != 1 {
		t.Errorf("%d are remembered", len(w.next))
	}
}

func TestWatchdogKnowsTheLimitOnTheRate(t *testing.T) {
	limited := transfer{limitRate: 1 << 20, parallel: 4}
	if w := newWatchdog(&limited); w.patience != time.Minute+64*time.Second {
		t.Errorf("patience of %v with 4 parts of 16 MiB at 1 MiB/s", w.patience)
	}
}
