//go:build unix

package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/bench/internal/lab"
)

func TestPairNamesNoClientThatExists(t *testing.T) {
	for _, p := range pairs {
		for _, name := range []string{p.ours, p.theirs} {
			if !slices.ContainsFunc(clients, func(c client) bool { return c.name == name }) {
				t.Errorf("%+v: no client %q", p, name)
			}
		}
		if _, ok := settings[p.set]; !ok {
			t.Errorf("%+v: no set %q", p, p.set)
		}
	}
}

// Ratios of one day are compared with those of another: the data must be the same.
func TestDataChangesFromRunToRun(t *testing.T) {
	s := set{"tiny", []int64{3000, 0, 70}}
	var before []byte
	for range 2 {
		root := t.TempDir()
		if err := s.lay(root); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(root, "tiny", s.path(0)))
		if err != nil || len(got) != 3000 || before != nil && !slices.Equal(got, before) {
			t.Fatalf("%d bytes, %v; the same as before: %v", len(got), err, slices.Equal(got, before))
		}
		before = got
	}
	if a, b := lognormal(100, 1<<20), lognormal(100, 1<<20); !slices.Equal(a, b) {
		t.Error("sizes differ")
	}
	if n := sets()[2].bytes(); n < 2<<30-2000 || n > 2<<30 {
		t.Errorf("mixed has %d bytes", n)
	}
}

// three runs of a pair whose ratios are 1.0, 2.0 and 3.0, though the machine got slower all the time.
func three() played {
	cost := func(s int) lab.Cost {
		return lab.Cost{CPU: time.Duration(s) * time.Second, Wall: time.Second, RSS: 50 << 20}
	}
	return played{
		pair:  pair{set: "large", ours: "ingest", theirs: "floor", cpu: 1.5},
		costs: [2][]lab.Cost{{cost(1), cost(8), cost(90)}, {cost(1), cost(4), cost(30)}},
	}
}

func TestBrokenBoundIsToldAndHeldOneIsNot(t *testing.T) {
	p := three()
	if got := broken([]played{p}, true); len(got) != 1 || !strings.Contains(got[0], "2.00") {
		t.Errorf("told %v", got)
	}
	p.cpu = 2
	if got := broken([]played{p}, true); len(got) != 0 {
		t.Errorf("told %v", got)
	}
	p.costs[0][1].RSS = 200 << 20
	if got := broken([]played{p}, true); len(got) != 1 || !strings.Contains(got[0], "RSS") {
		t.Errorf("told %v", got)
	}
}

// A client that is not installed is left out; one that is there and fails, ours above all, holds no bound.
func TestPairThatFailedHoldsNoBound(t *testing.T) {
	failed := played{pair: pair{set: "large", ours: "ingest", theirs: "floor", cpu: 1.5}, err: errors.New("exit status 1")}
	if got := broken([]played{failed}, true); len(got) != 1 || !strings.Contains(got[0], "exit status 1") {
		t.Errorf("told %v", got)
	}
	unbounded, absent := failed, failed
	unbounded.cpu = 0
	absent.err = &exec.Error{Name: "floor", Err: exec.ErrNotFound}
	if got := broken([]played{unbounded, absent}, true); len(got) != 0 {
		t.Errorf("told %v", got)
	}
}

func TestPairThatWasNotMeasuredIsNotInTheTable(t *testing.T) {
	var b strings.Builder
	absent := played{pair: pair{set: "large", ours: "ingest", theirs: "mc"}, err: errors.New("not found\nat all")}
	printTable(&b, []played{three(), absent}, 3)
	text := b.String()
	if !strings.Contains(text, "| large | ingest / floor | **2.00 (1.00-3.00)** | 1.50, broken |") ||
		!strings.Contains(text, "ingest / mc: not measured: not found\n") || strings.Contains(text, "| ingest / mc") {
		t.Error(text)
	}
}
