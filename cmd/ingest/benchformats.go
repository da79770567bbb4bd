package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"runtime"
	"strings"
	"time"

	"github.com/ingest-dev/ingest/bench"
)

// benchAbout is the head of what --json writes.
type benchAbout struct {
	URL    string `json:"url"`
	Prefix string `json:"prefix"` // of the keys that were written
	System string `json:"system"`
}

// benchJSON writes one object at the end.
type benchJSON struct {
	w       io.Writer
	about   benchAbout
	results []benchResult
}

// benchResult is a result in the words of --json. What is not known is left out.
type benchResult struct {
	ObjectBytes    float64               `json:"object_bytes"` // mean
	PartBytes      int64                 `json:"part_bytes"`
	Parallel       int                   `json:"parallel"`
	BytesPerSecond float64               `json:"bytes_per_second"`
	BytesDoubt     *float64              `json:"bytes_per_second_ci95,omitempty"` // half width
	ObjectsPerSec  float64               `json:"objects_per_second"`
	ObjectsDoubt   *float64              `json:"objects_per_second_ci95,omitempty"`
	CPUPerGiB      *float64              `json:"cpu_seconds_per_gib,omitempty"`
	CPUPerObject   float64               `json:"cpu_us_per_object"`
	Seconds        float64               `json:"seconds"`
	SentBytes      int64                 `json:"sent_bytes"` // with the warm-up
	Requests       int64                 `json:"requests"`
	Retries        int64                 `json:"retries"`
	Throttled      int64                 `json:"throttled"`
	Stages         map[string]benchStage `json:"stages"`
}

// benchStage is where time went, in microseconds.
type benchStage struct {
	Share float64 `json:"share"`
	P50   int64   `json:"p50_us"`
	P90   int64   `json:"p90_us"`
	P99   int64   `json:"p99_us"`
	Max   int64   `json:"max_us"`
}

func (j *benchJSON) print(r *bench.Result) error {
	res := benchResult{
		ObjectBytes: r.ObjectSize, PartBytes: r.PartSize, Parallel: r.Parallel,
		BytesPerSecond: r.Rate.Mean, BytesDoubt: finite(r.Rate.Half),
		ObjectsPerSec: r.Objects.Mean, ObjectsDoubt: finite(r.Objects.Half),
		CPUPerGiB: finite(r.CPUPerGiB()), CPUPerObject: float64(r.CPUPerObject()) / float64(time.Microsecond),
		Seconds: r.Seconds(), SentBytes: r.Sent, Requests: r.Requests, Retries: r.Retries, Throttled: r.Throttled,
		Stages: map[string]benchStage{},
	}
	for _, s := range r.Latencies {
		res.Stages[s.Stage.String()] = benchStage{
			s.Share, s.P50.Microseconds(), s.P90.Microseconds(), s.P99.Microseconds(), s.Max.Microseconds(),
		}
	}
	j.results = append(j.results, res)
	return nil
}

func (j *benchJSON) end(left bench.Rest, exit int) error {
	enc := json.NewEncoder(j.w)
	enc.SetEscapeHTML(false)
	return enc.Encode(struct {
		benchAbout
		Results []benchResult `json:"results"`
		Left    *leftBehind   `json:"left,omitempty"`
		Exit    int           `json:"exit"`
	}{j.about, append([]benchResult{}, j.results...), leftOf(left), exit})
}

// leftBehind is what could not be removed.
type leftBehind struct {
	Objects  []string `json:"objects,omitempty"`
	Uploads  []string `json:"uploads,omitempty"`
	Versions bool     `json:"versions,omitempty"`
}

// leftOf is nil if nothing is left.
func leftOf(rest bench.Rest) *leftBehind {
	if len(rest.Objects)+len(rest.Uploads) == 0 && !rest.Versions {
		return nil
	}
	l := &leftBehind{Objects: rest.Objects, Versions: rest.Versions}
	for _, u := range rest.Uploads {
		l.Uploads = append(l.Uploads, u.ID)
	}
	return l
}

// finite is x as JSON can hold it.
func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

// goBench writes the format of Go's benchmarks (https://go.dev/design/14313-benchmark-format), a line for each slice
// of a measurement, so that benchstat knows how much the figures vary. What is known of the whole alone has a line
// of its own.
type goBench struct {
	w     io.Writer
	url   string
	begun bool
}

func (g *goBench) print(r *bench.Result) error {
	var b strings.Builder
	if !g.begun {
		g.begun = true
		fmt.Fprintf(&b, "goos: %s\ngoarch: %s\npkg: github.com/ingest-dev/ingest\ntarget: %s\n", runtime.GOOS, runtime.GOARCH, safe(g.url))
	}
	name := fmt.Sprintf("BenchmarkSend/size=%s/part=%s/parallel=%d-%d", meanSize(r), plainBytes(r.PartSize), r.Parallel, runtime.GOMAXPROCS(0))
	for _, s := range r.Slices {
		fmt.Fprintf(&b, "%s %d", name, max(1, int64(s.Requests)))
		if s.Objects > 0 {
			fmt.Fprintf(&b, " %.0f ns/op", float64(r.Slice)/s.Objects)
		}
		fmt.Fprintf(&b, " %.0f B/s %.4g objects/s\n", s.Bytes/r.Slice.Seconds(), s.Objects/r.Slice.Seconds())
	}
	fmt.Fprintf(&b, "%s %d %d cpu-ns/op", name, max(1, int64(r.Total.Objects)), r.CPUPerObject())
	if cpu := finite(r.CPUPerGiB()); cpu != nil {
		fmt.Fprintf(&b, " %.4g cpu-s/GiB", *cpu)
	}
	for _, s := range r.Latencies {
		fmt.Fprintf(&b, " %d %s-p50-ns %d %s-p99-ns", s.P50, s.Stage, s.P99, s.Stage)
	}
	b.WriteByte('\n')
	_, err := io.WriteString(g.w, b.String())
	return err
}

func (g *goBench) end(bench.Rest, int) error { return nil }
