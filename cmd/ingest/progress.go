package main

import (
	"io"
	"time"

	"github.com/ingest-dev/ingest/pipeline"
)

// progress shows how far a run is. What is written to it while it runs appears undisturbed.
type progress interface {
	io.Writer
	start(r *pipeline.Runner)
	stop()
}

// progressKind is how progress is to be shown: bar, plain or none. Auto is a bar on a terminal, else plain.
func progressKind(kind string, stderr io.Writer) (string, error) {
	switch {
	case kind == auto && isTerminal(stderr):
		return "bar", nil
	case kind == auto:
		return "plain", nil
	case kind == "bar", kind == "plain", kind == "none":
		return kind, nil
	}
	return "", usagef("--progress %q: want auto, bar, plain or none", kind)
}

// newProgress returns the progress of that kind, on stderr.
func newProgress(kind string, stderr io.Writer, j *job) progress {
	switch kind {
	case "bar":
		return newBars(stderr, j)
	case "plain":
		return newPlain(stderr, j)
	}
	return silent{stderr}
}

// silent shows nothing.
type silent struct{ io.Writer }

func (silent) start(*pipeline.Runner) {}
func (silent) stop()                  {}

// gauge turns snapshots of a run into what a person asks: how much, how fast, how long yet.
type gauge struct {
	total int64 // bytes of all rows, or 0 if the manifest does not state all sizes
	pace  float64
	last  pipeline.Progress
	at    time.Time
	began time.Time
}

func newGauge(j *job) *gauge {
	now := time.Now()
	g := &gauge{began: now, at: now}
	if j.summary.Sized == j.summary.Rows {
		g.total = j.summary.Bytes
	}
	return g
}

// memory is over how long a rate is averaged: short enough to see a stall, long enough not to flicker.
const memory = 10 * time.Second

// reading is a gauge read at one instant.
type reading struct {
	pipeline.Progress
	fraction float64       // of the whole, 0 to 1
	rate     float64       // bytes a second
	left     time.Duration // until the end at this pace, or 0 if that cannot be said
}

func (g *gauge) read(p pipeline.Progress, now time.Time) reading {
	g.learn(float64(p.SentBytes-g.last.SentBytes), now)
	g.last, g.at = p, now
	r := reading{Progress: p, rate: g.pace, fraction: g.fraction(p)}
	r.left = g.left(r, now)
	return r
}

// learn takes the bytes sent since the last reading into the pace: a plain mean at first, later one that forgets.
func (g *gauge) learn(bytes float64, now time.Time) {
	passed := now.Sub(g.at).Seconds()
	if passed <= 0 {
		return
	}
	over := min(now.Sub(g.began), memory).Seconds()
	g.pace += min(1, passed/over) * (bytes/passed - g.pace)
}

// fraction is of the bytes where the manifest states them all, else of the rows.
func (g *gauge) fraction(p pipeline.Progress) float64 {
	if g.total > 0 {
		return min(1, float64(p.Bytes+p.InFlight)/float64(g.total))
	}
	return min(1, float64(p.Settled())/float64(max(1, p.Rows)))
}

func (g *gauge) left(r reading, now time.Time) time.Duration {
	if g.total > 0 && r.rate > 0 {
		return time.Duration(float64(g.total-r.Bytes-r.InFlight) / r.rate * float64(time.Second))
	}
	settled, before := r.Settled(), r.Skipped
	if settled <= before {
		return 0
	}
	each := now.Sub(g.began) / time.Duration(settled-before)
	return each * time.Duration(r.Rows-settled)
}
