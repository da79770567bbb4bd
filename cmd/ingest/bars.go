package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ingest-dev/ingest/pipeline"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// mostFiles is how many files in flight have a line: the largest, which a person waits for.
const mostFiles = 5

// bars shows one bar for the whole, below it one for each large file in flight, and what is logged above them.
type bars struct {
	stderr io.Writer
	gauge  *gauge
	page   *mpb.Progress
	whole  *mpb.Bar
	files  map[int64]*fileBar
	done   chan struct{}
	wg     sync.WaitGroup

	mu  sync.Mutex
	now reading
}

type fileBar struct {
	bar  *mpb.Bar
	seen bool
}

// leastBar is how many columns of a narrow terminal are left to a bar, and mostKey how many of a wide one a key gets.
const (
	leastBar = 12
	mostKey  = 32
)

// refresh is how often the bars move.
const refresh = 200 * time.Millisecond

// thousand is the length of a bar in its own unit: a fraction need not know bytes.
const thousand = 1000

func newBars(stderr io.Writer, j *job) *bars {
	return &bars{stderr: stderr, gauge: newGauge(j), files: map[int64]*fileBar{}, done: make(chan struct{})}
}

// Write puts p above the bars. It begins at the left, which an echoed ^C may have moved the cursor away from.
func (b *bars) Write(p []byte) (int, error) {
	_, err := b.page.Write(append([]byte{'\r'}, p...))
	return len(p), err
}

func (b *bars) start(r *pipeline.Runner) {
	b.now = b.gauge.read(r.Progress(), time.Now())
	b.page = mpb.New(mpb.WithOutput(b.stderr), mpb.WithRefreshRate(refresh), mpb.WithWidth(24), mpb.WithAutoRefresh())
	b.whole = b.page.New(thousand, style(),
		mpb.BarPriority(0),
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string { return b.reading().percent() })),
		mpb.AppendDecorators(decor.Any(func(s decor.Statistics) string { return b.reading().right(s.AvailableWidth - leastBar) })))
	b.wg.Go(func() {
		tick := time.NewTicker(refresh)
		defer tick.Stop()
		for {
			select {
			case now := <-tick.C:
				b.update(r, now)
			case <-b.done:
				return
			}
		}
	})
}

func style() mpb.BarFillerBuilder {
	return mpb.BarStyle().Lbound("[").Filler("=").Tip(">").Padding(" ").Rbound("]")
}

func (b *bars) update(r *pipeline.Runner, now time.Time) {
	read := b.gauge.read(r.Progress(), now)
	b.mu.Lock()
	b.now = read
	b.mu.Unlock()
	b.whole.SetCurrent(int64(read.fraction * (thousand - 1))) // full only when all is over
	b.updateFiles(r.Active())
}

func (b *bars) reading() reading {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

// updateFiles gives the largest files their lines, and takes those away whose files are settled.
func (b *bars) updateFiles(active []pipeline.Active) {
	slices.SortFunc(active, func(x, y pipeline.Active) int { return cmp.Or(cmp.Compare(y.Size, x.Size), cmp.Compare(x.Row, y.Row)) })
	for _, f := range active[:min(len(active), mostFiles)] {
		if b.files[f.Row] == nil {
			b.files[f.Row] = &fileBar{bar: b.fileBar(f)}
		}
		b.files[f.Row].seen = true
		b.files[f.Row].bar.SetCurrent(f.Sent * (thousand - 1) / max(1, f.Size))
	}
	for row, f := range b.files {
		if !f.seen {
			f.bar.Abort(true)
			delete(b.files, row)
		}
		f.seen = false
	}
}

func (b *bars) fileBar(f pipeline.Active) *mpb.Bar {
	return b.page.New(thousand, style(),
		mpb.BarPriority(1),
		mpb.PrependDecorators(decor.Name("     ")),
		mpb.AppendDecorators(
			decor.Any(func(s decor.Statistics) string { return fmt.Sprintf(" %3d%%", s.Current*100/thousand) }),
			decor.Name(" "+humanBytes(f.Size)+" "),
			decor.Any(func(s decor.Statistics) string { return shortened(f.Key, min(mostKey, s.AvailableWidth-leastBar)) })))
}

func (b *bars) stop() {
	close(b.done)
	b.wg.Wait()
	for _, f := range b.files {
		f.bar.Abort(true)
	}
	b.whole.Abort(true)
	b.page.Wait()
}

func (r reading) percent() string { return fmt.Sprintf("%3.0f%% ", 100*r.fraction) }

// right is what stands behind the bar, in so many columns: what there is no room for is left out, the least of it
// first.
func (r reading) right(columns int) string {
	parts := []struct {
		text   string
		weight int
	}{
		{fmt.Sprintf(" %s/%s rows", humanCount(r.Settled()), humanCount(r.Rows)), 4},
		{" " + humanBytes(r.Bytes+r.InFlight), 1},
		{" " + humanBytes(int64(r.rate)) + "/s", 3},
		{"", 2},
		{"", 5},
	}
	if r.left > 0 {
		parts[3].text = " " + r.left.Round(time.Second).String()
	}
	if r.Failed > 0 {
		parts[4].text = fmt.Sprintf(" %s failed", humanCount(r.Failed))
	}
	for least := 1; ; least++ {
		var text strings.Builder
		for _, p := range parts {
			if p.weight >= least {
				text.WriteString(p.text)
			}
		}
		if text.Len() <= columns || least == len(parts) {
			return text.String()
		}
	}
}

// shortened keeps the end of a key, which tells files apart, and nothing that a terminal would obey.
func shortened(key string, most int) string {
	runes := []rune(strings.Map(func(r rune) rune {
		if r < ' ' || (r >= 0x7f && r < 0xa0) {
			return '?'
		}
		return r
	}, key))
	if most < 2 {
		return ""
	}
	if len(runes) <= most {
		return string(runes)
	}
	return "…" + string(runes[len(runes)-most+1:])
}
