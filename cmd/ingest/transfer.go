package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/pipeline"
	"github.com/ingest-dev/ingest/reader"
	"github.com/ingest-dev/ingest/sender"
	"github.com/spf13/cobra"
)

// transfer is what the commands that look at rows and a store share: their flags, and the job made of them.
type transfer struct {
	target
	properties properties
	ifExists   ifExists
	format     string
	root       string
	reader     string
	journal    string
	suffix     string // of the journal's default name
	restart    bool
	partSize   autoSize
	parallel   autoCount
	limitRate  byteSize
	limitReqs  float64
	retries    int
	token      string
	adopt      pipeline.Adopt
	own        ownFiles
	room       room
}

func (t *transfer) flags(cmd *cobra.Command) {
	t.target.flags(cmd)
	f := cmd.Flags()
	f.Var(&t.partSize, "part-size", "size of a part, 100KiB to 5GiB; raised where 10,000 parts would not do; auto: by the size of the file")
	f.Var(&t.parallel, "parallel", "parts in flight; auto: as many as are found to be fastest")
	f.StringVar(&t.reader, "reader", auto, "how to read: auto, pread or mmap")
	f.Var(&t.limitRate, "limit-rate", "bytes a second, for the whole run")
	f.Float64Var(&t.limitReqs, "limit-requests", 0, "requests a second, for the whole run (0: no limit)")
	f.IntVar(&t.retries, "retries", 8, "tries of one request, and of all requests for one object, after the first")
}

func (t *transfer) journalFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&t.journal, "journal", "", "the checkpoint `FILE`, or none (default: beside the manifest or the file, named after it)")
}

func (t *transfer) manifestFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&t.format, "format", auto, "manifest `FORMAT`: auto (by name), jsonl, csv or list")
	cmd.Flags().StringVar(&t.root, "root", "", "`DIR` where relative sources start (default: the manifest's own)")
	cmd.Flags().StringVar(&t.url, "to", "", "destination `URL`: oss://bucket/prefix, s3://bucket/prefix or file:///directory")
}

const (
	leastPart = 100 << 10 // OSS takes no smaller part
	mostPart  = 5 << 30   // nor does any store take a larger one
)

// checkFlags finds what is wrong with the flags alone.
func (t *transfer) checkFlags() error {
	switch size := int64(t.partSize.byteSize); {
	case size != 0 && (size < leastPart || size > mostPart):
		return usagef("--part-size %s: want 100KiB to 5GiB", &t.partSize)
	case t.url == "":
		return usagef("where to? Give --to oss://bucket/prefix, s3://bucket/prefix or file:///directory")
	case t.retries < 0:
		return usagef("--retries %d: want 0 or more", t.retries)
	case t.limitReqs < 0 || math.IsNaN(t.limitReqs):
		return usagef("--limit-requests %v: want 0 or more", t.limitReqs)
	case t.token != "" && t.token != auto && t.token != "never":
		return usagef("--token %q: want auto or never", t.token)
	}
	return nil
}

// job is an opened job: the pipeline's, and what else the commands need of it.
type job struct {
	pipeline.Job
	manifest *manifests.Manifest
	summary  manifests.Summary
	store    *store
	counters sender.Counters
	quitting chan struct{} // closed by quit
	quit     func()        // no request is tried again
	started  time.Time
	closers  []func() error
	doubt    string // why objects may be replaced that are not to be; empty: they are not
}

func newJob() *job {
	quitting := make(chan struct{})
	return &job{started: time.Now(), quitting: quitting, quit: sync.OnceFunc(func() { close(quitting) })}
}

// open checks everything that can be checked before the journal is touched: flags, manifest, destination.
func (t *transfer) open(ctx context.Context, o opening) (*job, error) {
	if err := t.checkFlags(); err != nil {
		return nil, err
	}
	guess, err := t.properties.guessing()
	if err != nil {
		return nil, err
	}
	rule, err := t.ifExists.rule()
	if err != nil {
		return nil, err
	}
	j := newJob()
	j.Options = t.found(pipeline.Options{
		PartSize: int64(t.partSize.byteSize), Parallel: t.parts(), Retries: t.again(), NoToken: t.token == "never",
		Guess: guess, IfExists: rule, Accept: o.accept,
	})
	j.Adopt = t.adopting()
	for _, step := range []func() error{
		func() error { return t.openStore(ctx, j) },
		func() error { return t.openReader(j) },
		func() error { return t.openManifest(ctx, j, o) },
	} {
		if err := step(); err != nil {
			j.close()
			return nil, err
		}
	}
	return j, nil
}

func (t *transfer) openStore(ctx context.Context, j *job) error {
	s, err := t.target.open(ctx, t.most())
	if err != nil {
		return err
	}
	j.store = s
	j.closers = append(j.closers, s.Close)
	j.Store = sender.Stack(s.Store, sender.Options{
		Retries: t.again(), BytesPerSecond: int64(t.limitRate), RequestsPerSecond: t.limitReqs, Counters: &j.counters,
		Quit: j.quitting,
	})
	j.Counted = &j.counters
	if err := j.Options.Check(j.Store.Limits()); err != nil {
		return err
	}
	return t.checkProperties(j.Store)
}

func (t *transfer) openManifest(ctx context.Context, j *job, o opening) error {
	m, err := awaited(ctx, func() (*manifests.Manifest, error) { return o.manifest(j.store.prefix) })
	if _, wrong := errors.AsType[*manifests.Mistakes](err); err != nil && !wrong {
		return usage(err)
	}
	if err != nil {
		return err
	}
	j.closers = append(j.closers, m.Close)
	j.manifest, j.Manifest = m, m
	var object sender.Object // one for all rows
	rule := func(row *manifests.Row) error {
		object = *pipeline.ObjectOf(row)
		return cmp.Or(t.own.check(row), j.Store.Check(&object))
	}
	if t.recall(ctx, j, o.past) {
		j.Rule = rule
	} else {
		j.summary, err = j.check(ctx, rule, o.aside)
	}
	j.Total = j.summary.Rows
	return err
}

// check checks the manifest, and shows the rows that keep the rule to whoever looks at them at the same time.
func (j *job) check(ctx context.Context, rule func(*manifests.Row) error, look aside) (manifests.Summary, error) {
	if look == nil {
		return j.manifest.Check(ctx, manifests.Check{Row: rule})
	}
	see, err := look(ctx, j)
	if err != nil {
		return manifests.Summary{}, err
	}
	return j.manifest.Check(ctx, manifests.Check{Row: func(row *manifests.Row) error {
		if err := rule(row); err != nil {
			return err
		}
		see(row)
		return nil
	}})
}

func (t *transfer) openReader(j *job) error {
	mode, err := reader.ParseMode(t.reader)
	if err != nil {
		return usagef("--reader: %w", err)
	}
	j.Reader = reader.New(reader.Options{Mode: mode, Buffers: t.parts(), Most: t.most()})
	return nil
}

// again is how often a request is tried again, as sender.Options want it, where 0 is the default.
func (t *transfer) again() int {
	if t.retries == 0 {
		return -1
	}
	return t.retries
}

// openFile opens the manifest that an argument names.
func (t *transfer) openFile(cmd *cobra.Command, path string) func(prefix string) (*manifests.Manifest, error) {
	return func(prefix string) (*manifests.Manifest, error) {
		format, err := manifests.ParseFormat(t.format)
		if err != nil {
			return nil, fmt.Errorf("--format: %w", err)
		}
		defaults, err := t.properties.defaults()
		if err != nil {
			return nil, err
		}
		return manifests.Open(path, manifests.Options{
			Format: format, Root: t.root, Prefix: prefix, Stdin: cmd.InOrStdin(), Defaults: defaults,
		})
	}
}

// close lets go of everything, the last opened first. What fails then has no use left.
func (j *job) close() {
	for i := len(j.closers) - 1; i >= 0; i-- {
		_ = j.closers[i]()
	}
}
