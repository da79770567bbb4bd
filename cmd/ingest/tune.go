package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/bits"
	"time"

	"github.com/ingest-dev/ingest/bench"
	"github.com/ingest-dev/ingest/bench/tune"
	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/pipeline"
	"github.com/spf13/cobra"
)

// tuneCommand finds the part size and the number of parts in flight that suit a manifest and a destination.
type tuneCommand struct {
	transfer
	most     autoCount
	duration time.Duration
	bytesMax byteSize
	json     bool
	svg      string
	profile  string

	fastest float64 // bytes a second that were seen so far
}

func newTune() *cobra.Command {
	c := &tuneCommand{most: 256}
	cmd := &cobra.Command{
		Use:   "tune MANIFEST --to URL",
		Short: "Find the part size and parallelism that suit a manifest and a destination",
		Long: `Tune looks at the sizes of the manifest's rows, sends made-up objects in the same
proportion to the URL, and searches the part size and the number of parts in
flight with which that goes fastest. It needs a fraction of the time that it
would take to try them all. Of settings that are as fast it takes the one with
the least memory, and it says what it would gain over the defaults.

Nothing of the manifest's files is sent. What is sent lies in a folder of its
own under the URL, and is removed at the end.`,
		Example: `  ingest tune nightly.jsonl --to oss://lake/ --profile fast.yaml
  ingest run  nightly.jsonl --to oss://lake/ --config fast.yaml`,
		Args: exactly("a manifest"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd, args[0]) },
	}
	c.flags(cmd)
	return cmd
}

func (c *tuneCommand) flags(cmd *cobra.Command) {
	c.target.flags(cmd)
	c.manifestFlags(cmd)
	f := cmd.Flags()
	f.Var(&c.most, "parallel-max", "most parts in flight to try")
	f.DurationVar(&c.duration, "duration", 10*time.Second, "time of a full measurement; a first look takes a twentieth")
	f.Var(&c.bytesMax, "bytes-max", "stop when so much was sent, in all, with the best found by then")
	f.BoolVar(&c.json, "json", false, "the outcome on stdout as one JSON object")
	f.StringVar(&c.svg, "svg", "", "draw what was measured to `FILE`")
	f.StringVar(&c.profile, "profile", "", "write what was found to `FILE`, for --config of run and put")
}

// check finds what is wrong with the flags alone.
func (c *tuneCommand) check(manifest string) error {
	if c.duration <= 0 {
		return usagef("--duration %v: want a time above 0", c.duration)
	}
	if c.most == 0 {
		c.most = 256
	}
	if err := c.checkFlags(); err != nil {
		return err
	}
	return checkOutputs(manifest, output{"--svg", c.svg, svgStart}, output{"--profile", c.profile, profileStart})
}

func (c *tuneCommand) run(cmd *cobra.Command, manifest string) error {
	log, err := newLog(cmd)
	if err != nil {
		return err
	}
	if err := c.check(manifest); err != nil {
		return err
	}
	format, err := manifests.ParseFormat(c.format)
	if err != nil {
		return usagef("--format: %w", err)
	}
	sizes, err := readSizes(cmd, manifest, manifests.Options{Format: format, Root: c.root, Stdin: cmd.InOrStdin()}, false)
	if err != nil {
		return err
	}
	ctx, done := interruptible(cmd.Context())
	defer done()
	g, err := openGround(ctx, &c.target, log, int(c.most), bench.Options{Bytes: int64(c.bytesMax)})
	if err != nil {
		return stoppedEarly(ctx, err)
	}
	c.target.warn(cmd, g.store, log)
	log.Info().Msg(sizes.text())
	found, err := tune.Search(ctx, c.grid(g, sizes.Largest), defaults, c.measure(g, sizes.Work()))
	return c.conclude(ctx, cmd, g, &tuned{found, manifest, c.url, sizes}, err)
}

// defaults is what run would do.
var defaults = tune.Point{PartSize: pipeline.DefaultPartSize, Parallel: pipeline.DefaultParallel}

// conclude cleans up, prints what was found, also if that is not all there is to find, and writes what was asked for.
func (c *tuneCommand) conclude(ctx context.Context, cmd *cobra.Command, g *benchGround, t *tuned, err error) error {
	if errors.Is(err, bench.ErrSpent) {
		g.log.Warn().Msgf("--bytes-max %s is reached: this is the best found by then", &c.bytesMax)
	}
	outcome := benchEnd(ctx, err)
	rest, unclean := g.clean(cmd.Context())
	if len(t.Tries) == 0 {
		return cmp.Or(outcome, unclean, error(&exit{exitFailed, errors.New("nothing could be measured")}))
	}
	written := t.write(c.svg, c.profile)
	outcome = cmp.Or(outcome, unclean, written)
	if err := t.print(cmd.OutOrStdout(), c.json, rest, exitCode(outcome)); err != nil {
		return cmp.Or(outcome, error(&exit{exitFailed, fmt.Errorf("print the outcome: %w", err)}))
	}
	return outcome
}

// The grid: below 1 MiB requests cost more than bytes, and no store that we know gains by parts of more than 128 MiB.
const (
	smallestTried = 1 << 20
	largestTried  = 128 << 20
)

// grid is the settings to choose from: those that make a difference to objects of these sizes, for which there is
// room, and whose parts in flight are on their way for no more than some seconds.
func (c *tuneCommand) grid(g *benchGround, largest int64) tune.Grid {
	least := max(smallestTried, g.store.Limits().MinPart)
	most := min(largestTried, int64(1)<<bits.Len64(uint64(largest)))
	descriptors, memory := descriptors(), memoryLimit()
	return tune.Grid{
		PartSizes: tune.Powers(least, most), Parallels: tune.Powers(1, int(c.most)),
		Fits: func(p tune.Point) bool {
			inFlight := p.PartSize * int64(p.Parallel)
			return p.Parallel <= roomFor(p.PartSize, descriptors, memory).parts &&
				float64(inFlight) <= max(mostAtFirst, mostOnTheWay.Seconds()*c.fastest)
		},
	}
}

// What is in flight beyond what the destination takes in mostOnTheWay only waits. Before that is known, no more is
// tried than mostAtFirst bytes, which are the defaults'.
const (
	mostOnTheWay = 8 * time.Second
	mostAtFirst  = pipeline.DefaultPartSize * pipeline.DefaultParallel
)

// tuneSlices is how many samples a full measurement has: a first look has two.
const tuneSlices = 40

// measure returns how to measure a setting.
func (c *tuneCommand) measure(g *benchGround, w bench.Work) tune.Measure {
	slice := max(c.duration/tuneSlices, time.Millisecond)
	return func(ctx context.Context, p tune.Point, effort float64) (tune.Try, error) {
		sent := g.Sent()
		time := (1 + max(2, time.Duration(effort*tuneSlices))) * slice // only whole slices count
		r, err := g.Measure(ctx, w, bench.Setting{PartSize: p.PartSize, Parallel: p.Parallel},
			bench.Effort{Duration: time, Most: time, Warmup: slice, Slice: slice, Precision: 1e9})
		if r == nil {
			return tune.Try{}, err
		}
		c.fastest = max(c.fastest, r.Rate.Mean)
		g.log.Info().Msgf("%s x %d: %s", plainBytes(p.PartSize), p.Parallel, speedText(r.Speed(), r.Rate.Mean > 0))
		return tune.Try{Rates: r.Samples(), Bytes: g.Sent() - sent}, err
	}
}
