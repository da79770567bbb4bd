package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/ingest-dev/ingest/bench"
	"github.com/ingest-dev/ingest/bench/tune"
)

// tuned is what tune found.
type tuned struct {
	*tune.Outcome
	manifest string
	url      string
	sizes    *rowSizes
}

// inBytes reports whether speeds are in bytes a second: else all objects are empty, and they are objects a second.
func (t *tuned) inBytes() bool { return t.sizes.Bytes() > 0 }

// print writes it for a program or for a person.
func (t *tuned) print(w io.Writer, asJSON bool, rest bench.Rest, exit int) error {
	if asJSON {
		return t.printJSON(w, rest, exit)
	}
	_, err := io.WriteString(w, t.table()+"\n"+t.heat(unicodeTerminal(os.Getenv))+"\n"+t.verdict())
	return err
}

// table lists the tries, in their order.
func (t *tuned) table() string {
	var b strings.Builder
	line := "%-8s %8s %8s   %-24s %s\n"
	fmt.Fprintf(&b, line, "PART", "PARALLEL", "EFFORT", "SPEED", "SENT")
	for _, try := range t.Tries {
		fmt.Fprintf(&b, line, plainBytes(try.PartSize), fmt.Sprint(try.Parallel), fmt.Sprintf("%.0f %%", 100*try.Effort),
			speedText(try.Speed(), t.inBytes()), humanBytes(try.Bytes))
	}
	return b.String()
}

// verdict says what to do, and what it would gain.
func (t *tuned) verdict() string {
	text := fmt.Sprintf("best: --part-size %s --parallel %d: %s\n", plainBytes(t.Best.PartSize), t.Best.Parallel,
		speedText(t.Cells[t.Best], t.inBytes()))
	if t.Best == t.Start {
		return text + "that is where run begins by itself: there is nothing to gain\n"
	}
	text += fmt.Sprintf("defaults: %s x %d: %s\n", plainBytes(t.Start.PartSize), t.Start.Parallel, speedText(t.Cells[t.Start], t.inBytes()))
	switch g := t.Gain(); {
	case g.N < fewSamples:
		return text + "too little was measured to compare the two\n"
	case t.Certain():
		return text + fmt.Sprintf("gain: %.2f times as fast (%.2f to %.2f with 95 %% confidence)\n", g.Mean, g.Mean-g.Half, g.Mean+g.Half)
	default:
		return text + fmt.Sprintf("no gain is certain: %.2f times as fast (%.2f to %.2f with 95 %% confidence),\nwith %s in flight instead of %s\n",
			g.Mean, g.Mean-g.Half, g.Mean+g.Half, inFlight(t.Best), inFlight(t.Start))
	}
}

func inFlight(p tune.Point) string { return humanBytes(p.PartSize * int64(p.Parallel)) }

// speedText is a speed for a person.
func speedText(e bench.Estimate, inBytes bool) string {
	text := figures(e.Mean) + " objects/s"
	if inBytes {
		text = humanBytes(int64(e.Mean)) + "/s"
	}
	if e.N < fewSamples {
		return text
	}
	return text + fmt.Sprintf(" ± %.1f %%", 100*e.Share())
}

// fewSamples is below which the doubt is itself in doubt, and not worth to be shown.
const fewSamples = 5

// tunedCell is a setting in the words of --json.
type tunedCell struct {
	PartBytes int64    `json:"part_bytes"`
	Parallel  int      `json:"parallel"`
	Speed     float64  `json:"speed"`
	Doubt     *float64 `json:"speed_ci95,omitempty"` // half width
	Effort    float64  `json:"effort,omitempty"`     // of one try, as a share of a full measurement
	SentBytes int64    `json:"sent_bytes,omitempty"`
}

func (t *tuned) cell(p tune.Point) tunedCell {
	e := t.Cells[p]
	return tunedCell{PartBytes: p.PartSize, Parallel: p.Parallel, Speed: e.Mean, Doubt: finite(e.Half)}
}

func (t *tuned) printJSON(w io.Writer, rest bench.Rest, exit int) error {
	unit := "objects/s"
	if t.inBytes() {
		unit = "bytes/s"
	}
	tries := []tunedCell{}
	for _, try := range t.Tries {
		e := try.Speed()
		tries = append(tries, tunedCell{try.PartSize, try.Parallel, e.Mean, finite(e.Half), try.Effort, try.Bytes})
	}
	cells := []tunedCell{}
	for _, p := range t.points() {
		cells = append(cells, t.cell(p))
	}
	gain := t.Gain()
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(map[string]any{
		"url": t.url, "unit": unit, "best": t.cell(t.Best), "defaults": t.cell(t.Start), "gain": finite(gain.Mean),
		"gain_ci95": finite(gain.Half), "certain": t.Certain(), "cells": cells, "tries": tries,
		"sent_bytes": t.Bytes, "left": leftOf(rest), "exit": exit,
	})
}

// points lists what was measured, by part size and parts in flight.
func (t *tuned) points() []tune.Point {
	var all []tune.Point
	for p := range t.Cells {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b tune.Point) int {
		return cmp.Or(cmp.Compare(a.PartSize, b.PartSize), cmp.Compare(a.Parallel, b.Parallel))
	})
	return all
}
