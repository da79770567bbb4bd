package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/ingest-dev/ingest/pipeline"
)

// summary is how a run ended, in the words of --json.
type summary struct {
	Rows         int64   `json:"rows"`
	Done         int64   `json:"done"`    // by this run or an earlier one
	Skipped      int64   `json:"skipped"` // of done: by an earlier run
	Failed       int64   `json:"failed"`
	Unverified   int64   `json:"unverified"`
	Kept         int64   `json:"kept"`            // were there, and were left alone
	Unheard      int64   `json:"callback_failed"` // stored and proven
	Bytes        int64   `json:"bytes"`
	SentBytes    int64   `json:"sent_bytes"`
	SentParts    int64   `json:"sent_parts"`
	ResumedParts int64   `json:"resumed_parts"`
	Parallel     int     `json:"parallel"` // parts in flight, at most
	Requests     int64   `json:"requests"`
	Retries      int64   `json:"retries"`
	Seconds      float64 `json:"seconds"`
	Exit         int     `json:"exit"`
}

func newSummary(j *job, p pipeline.Progress, exit int) summary {
	return summary{
		Rows: p.Rows, Done: p.Done, Skipped: p.Skipped, Failed: p.Failed, Unverified: p.Unverified,
		Kept: p.Kept, Unheard: p.CallbackFailed,
		Bytes: p.Bytes, SentBytes: p.SentBytes, SentParts: p.SentParts, ResumedParts: p.ResumedParts,
		Parallel: p.Parallel,
		Requests: j.counters.Requests.Load(), Retries: j.counters.Retries.Load(),
		Seconds: float64(time.Since(j.started).Milliseconds()) / 1000, Exit: exit,
	}
}

// print writes the summary for a program, for a person, or not at all if something else has stdout.
func (s summary) print(w io.Writer, asJSON, taken bool) error {
	switch {
	case taken:
		return nil
	case asJSON:
		return json.NewEncoder(w).Encode(s)
	}
	_, err := io.WriteString(w, s.text())
	return err
}

func (s summary) text() string {
	text := fmt.Sprintf("%s of %s rows done", humanCount(s.Done), humanCount(s.Rows))
	if s.Skipped > 0 {
		text += fmt.Sprintf(" (%s by an earlier run)", humanCount(s.Skipped))
	}
	text += fmt.Sprintf(", %s failed", humanCount(s.Failed))
	if s.Unverified > 0 {
		text += fmt.Sprintf(", %s stored but unverified", humanCount(s.Unverified))
	}
	if s.Kept > 0 {
		text += fmt.Sprintf(", %s there before and left alone", humanCount(s.Kept))
	}
	if s.Unheard > 0 {
		text += fmt.Sprintf(", %s stored but their callbacks failed", humanCount(s.Unheard))
	}
	if left := s.Rows - s.Done - s.Failed - s.Unverified - s.Kept - s.Unheard; left > 0 {
		text += fmt.Sprintf(", %s left", humanCount(left))
	}
	text += fmt.Sprintf("\n%s in the store; sent %s in %s parts", humanBytes(s.Bytes), humanBytes(s.SentBytes), humanCount(s.SentParts))
	if s.ResumedParts > 0 {
		text += fmt.Sprintf(", %s parts were there already", humanCount(s.ResumedParts))
	}
	return text + fmt.Sprintf("\n%s requests (%s repeated) in %s, %s/s\n",
		humanCount(s.Requests), humanCount(s.Retries), humanTime(s.Seconds), humanBytes(int64(float64(s.SentBytes)/max(s.Seconds, 0.001))))
}

func humanTime(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	if d < time.Minute {
		return fmt.Sprintf("%.1fs", d.Seconds())
	}
	return d.Round(time.Second).String()
}
