package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/ingest-dev/ingest/bench"
	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/pipeline"
	"github.com/ingest-dev/ingest/sender"
	"github.com/spf13/cobra"
)

// benchCommand measures how fast a destination takes objects.
type benchCommand struct {
	target
	sizes     *list[int64]
	partSize  autoSize
	parallel  *list[int]
	duration  time.Duration
	most      time.Duration
	bytesMax  byteSize
	manifest  string
	root      string
	limitRate byteSize
	limitReqs float64
	json      bool
	format    string
}

func newBench() *cobra.Command {
	c := &benchCommand{sizes: sizes(pipeline.DefaultPartSize), parallel: counts(pipeline.DefaultParallel)}
	cmd := &cobra.Command{
		Use:   "bench URL",
		Short: "Measure how fast a destination takes objects",
		Long: `Bench sends objects to the URL as a run would, with checksums and signatures,
and says how fast that goes, what it costs and where the time goes. The bytes
are random and made in memory, or those of the files of --manifest.

Each combination of --size and --parallel is measured after a warm-up, until the
throughput is known to within 5 % with 95 % confidence, or for --duration-max.
Objects of at least a part are sent in parts, into uploads that are aborted at
the end, so that they are never visible. Smaller ones overwrite a few keys.
All of it lies in a folder of its own under the URL, and is removed at the end.`,
		Example: `  ingest bench oss://lake/scratch --size 16KiB,1MiB,16MiB --parallel 8,32
  ingest bench s3://lake/ --manifest nightly.jsonl --root /data --json
  ingest bench file:///mnt/nas --format gobench > new && benchstat old new`,
		Args: exactly("a URL"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd, args[0]) },
	}
	c.flags(cmd)
	return cmd
}

func (c *benchCommand) flags(cmd *cobra.Command) {
	c.target.flags(cmd)
	f := cmd.Flags()
	f.Var(c.sizes, "size", "sizes of objects, each measured by itself")
	f.Var(&c.partSize, "part-size", "size of a part; smaller objects are sent in one request")
	f.Var(c.parallel, "parallel", "parts in flight, each measured by itself")
	f.DurationVar(&c.duration, "duration", 10*time.Second, "least time for each measurement, after the warm-up")
	f.DurationVar(&c.most, "duration-max", time.Minute, "most time for each, where the rate is not known well by then")
	f.Var(&c.bytesMax, "bytes-max", "stop when so much was sent, in all")
	f.StringVar(&c.manifest, "manifest", "", "send the files of this manifest `FILE`, over and over, instead")
	f.StringVar(&c.root, "root", "", "`DIR` where relative sources start (default: the manifest's own)")
	f.Var(&c.limitRate, "limit-rate", "bytes a second")
	f.Float64Var(&c.limitReqs, "limit-requests", 0, "requests a second (0: no limit)")
	f.BoolVar(&c.json, "json", false, "the results on stdout as one JSON object")
	f.StringVar(&c.format, "format", "table", "`FORMAT` of the results: table, or gobench for benchstat")
}

// check finds what is wrong with the flags alone.
func (c *benchCommand) check() error {
	switch {
	case c.duration <= 0 || c.most < 0:
		return usagef("--duration %v, --duration-max %v: want times above 0", c.duration, c.most)
	case c.limitReqs < 0 || c.limitReqs != c.limitReqs:
		return usagef("--limit-requests %v: want 0 or more", c.limitReqs)
	case c.format != "table" && c.format != "gobench":
		return usagef("--format %q: want table or gobench", c.format)
	case c.json && c.format != "table":
		return usagef("--json and --format %s both want stdout", c.format)
	case c.manifest != "" && c.sizes.given:
		return usagef("--manifest and --size: the files have their own sizes")
	}
	return c.checkRoom()
}

// checkRoom refuses what this machine has no room for: a measurement with less than was asked for would be taken for
// another.
func (c *benchCommand) checkRoom() error {
	size := c.size()
	if !c.sizes.given && c.manifest != "" {
		size = c.part()
	}
	room := roomFor(size, descriptors(), memoryLimit())
	for _, n := range c.parallel.values {
		if n > room.parts {
			return usagef("--parallel %d: %s: at most %d", n, room.why, room.parts)
		}
	}
	return nil
}

// part is the size of a part.
func (c *benchCommand) part() int64 {
	return cmp.Or(int64(c.partSize.byteSize), pipeline.DefaultPartSize)
}

// size is that of the largest request.
func (c *benchCommand) size() (most int64) {
	for _, n := range c.sizes.values {
		most = max(most, min(n, c.part()))
	}
	return max(most, 1)
}

// options are those of the run whose speed is to be known.
func (c *benchCommand) options() bench.Options {
	return bench.Options{
		Bytes:  int64(c.bytesMax),
		Sender: sender.Options{BytesPerSecond: int64(c.limitRate), RequestsPerSecond: c.limitReqs},
	}
}

func (c *benchCommand) run(cmd *cobra.Command, url string) error {
	log, err := newLog(cmd)
	if err != nil {
		return err
	}
	c.url = url
	if err := c.check(); err != nil {
		return err
	}
	works, err := c.works(cmd, log)
	if err != nil {
		return err
	}
	ctx, done := interruptible(cmd.Context())
	defer done()
	g, err := openGround(ctx, &c.target, log, maxOf(c.parallel.values), c.options())
	if err != nil {
		return stoppedEarly(ctx, err)
	}
	c.warn(cmd, g.store, log)
	return c.report(cmd, g, func(out benchPrinter) error { return c.measure(ctx, g, works, out) })
}

// report prints what do measures, cleans up, and finds the exit.
func (c *benchCommand) report(cmd *cobra.Command, g *benchGround, do func(benchPrinter) error) error {
	out := c.printer(cmd, g)
	err := do(out)
	rest, unclean := g.clean(cmd.Context())
	outcome := cmp.Or(err, unclean)
	if err := out.end(rest, exitCode(outcome)); err != nil {
		return cmp.Or(outcome, error(&exit{exitFailed, fmt.Errorf("print the results: %w", err)}))
	}
	return outcome
}

// measure measures each work with each number of parts in flight.
func (c *benchCommand) measure(ctx context.Context, g *benchGround, works []bench.Work, out benchPrinter) error {
	if err := (pipeline.Options{PartSize: c.part()}).Check(g.store.Limits()); err != nil {
		return err
	}
	for _, w := range works {
		for _, n := range c.parallel.values {
			r, err := g.Measure(ctx, w, bench.Setting{PartSize: c.part(), Parallel: n}, c.effort())
			if r != nil && len(r.Slices) > 0 {
				if err := out.print(r); err != nil {
					return &exit{exitFailed, fmt.Errorf("print the results: %w", err)}
				}
			}
			if errors.Is(err, bench.ErrSpent) {
				g.log.Warn().Msgf("--bytes-max %s is reached: what is not measured yet is left out", &c.bytesMax)
			}
			if err != nil {
				return benchEnd(ctx, err)
			}
		}
	}
	return nil
}

func (c *benchCommand) effort() bench.Effort { return bench.Effort{Duration: c.duration, Most: c.most} }

// works is what to measure, one after another.
func (c *benchCommand) works(cmd *cobra.Command, log *logger) (all []bench.Work, err error) {
	if c.manifest == "" {
		for _, size := range c.sizes.values {
			all = append(all, bench.Objects(size))
		}
		return all, nil
	}
	s, err := readSizes(cmd, c.manifest, manifests.Options{Root: c.root, Stdin: cmd.InOrStdin()}, true)
	if err != nil {
		return nil, err
	}
	log.Info().Msg(s.text())
	return []bench.Work{bench.Files(s.items)}, nil
}

func maxOf(list []int) (most int) {
	for _, n := range list {
		most = max(most, n)
	}
	return most
}

// machine is what a benchmark was run on.
func machine() string { return runtime.GOOS + "/" + runtime.GOARCH }
