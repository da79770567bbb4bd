//go:build unix

// Command peers measures ingest against its floor and against other clients that send files to object stores,
// whichever are there, and prints a table.
//
//	go run ./bench/peers -data /var/tmp/data -peers ~/bin -set large,small,mixed -runs 5 -check
//
// It makes the data in the folder -data (8 GiB and some, kept for the next time), builds ingest, the floor and a null
// store, and starts that store for S3, for OSS and with TLS. Then it runs each pair of clients in turn, runs times.
// What it divides is the CPU time (user and system) of the client process, and its wall time. Peers are sought in
// the folder -peers and on the PATH; those that are not there are left out, and the table says so. With -check it
// fails if a bound does not hold, or a pair that has one could not be measured though its programs are there.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/ingest-dev/ingest/bench/internal/lab"
)

type options struct {
	data, peers, sets, only, ours string
	runs                          int
	check                         bool
}

func main() {
	var o options
	flag.StringVar(&o.data, "data", filepath.Join(os.TempDir(), "ingest-bench"), "folder for the data; it is kept")
	flag.StringVar(&o.peers, "peers", "", "folder of the peers' programs, besides the PATH")
	flag.StringVar(&o.sets, "set", "large,small,mixed", "what to send")
	flag.StringVar(&o.only, "against", "", "measure against these clients only, such as floor,ossutil")
	flag.StringVar(&o.ours, "ingest", "", "flags for ingest instead of -parallel and -part-size as the floor has them")
	flag.IntVar(&o.runs, "runs", 5, "pairs of runs")
	flag.BoolVar(&o.check, "check", false, "fail if a bound does not hold")
	flag.Parse()
	if err := run(context.Background(), o); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	work, err := os.MkdirTemp("", "peers-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work) //nolint:errcheck // a folder of the temporary ones
	if err := lab.Build(ctx, work, "./cmd/ingest", "./bench/floor", "./bench/nullstore"); err != nil {
		return err
	}
	f := &field{data: o.data, peers: o.peers, ours: o.ours, work: work}
	defer f.close()
	if err := f.open(ctx); err != nil {
		return err
	}
	all, err := f.playAll(o)
	if err != nil {
		return err
	}
	printTable(os.Stdout, all, o.runs)
	printVersions(f, all)
	if list := broken(all, o.ours == ""); o.check && len(list) > 0 {
		return errors.New(strings.Join(list, "\n"))
	}
	return nil
}

// playAll plays every pair of the sets asked for whose programs are there.
func (f *field) playAll(o options) ([]played, error) {
	var all []played
	for _, s := range sets() {
		if !slices.Contains(strings.Split(o.sets, ","), s.name) {
			continue
		}
		if err := errors.Join(os.MkdirAll(f.data, 0o700), s.lay(f.data), s.warm(f.data)); err != nil {
			return nil, err
		}
		for _, p := range pairs {
			if p.set == s.name && (o.only == "" || slices.Contains(strings.Split(o.only, ","), p.theirs)) {
				all = append(all, f.play(p, s, o.runs))
			}
		}
	}
	return all, nil
}

// printVersions says what was measured, and on what.
func printVersions(f *field, all []played) {
	fmt.Printf("\n%s, %s/%s, %s, %d CPUs\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, processor(), runtime.NumCPU())
	seen := map[string]bool{}
	for _, p := range all {
		c, path, err := f.client(p.theirs)
		if err != nil || p.err != nil || seen[c.name] || c.version == nil {
			continue
		}
		seen[c.name] = true
		out, _ := exec.Command(path, c.version...).Output() // a version that cannot be told is left out
		fmt.Printf("%s: %s\n", c.name, firstLine(errors.New(strings.TrimSpace(string(out)))))
	}
}

// processor is the name of the CPU, where Linux tells it.
func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo") // elsewhere there is none
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "CPU unknown"
}
