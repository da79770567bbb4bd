//go:build unix

// Command growth measures whether ingest's CPU time per object and per GiB stays what it is as the work grows, and
// writes what it finds to growth.csv; the program plot, below this one, draws it.
//
//	go run ./bench/growth -rounds 3 -out bench/growth.csv
//
// The objects are 4 KiB each, of as many names as there are objects, hard links to 64 files; the GiB are hard links
// to one file of 1 GiB. So the bytes come from the page cache, as nearly all of the cost is to be ours; names,
// directories, requests and journal are as many as they would be. Sizes take turns, so that an hour in which the
// machine is slower slows all of them.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/ingest-dev/ingest/bench/internal/lab"
)

func main() {
	data := flag.String("data", filepath.Join(os.TempDir(), "ingest-growth"), "folder for the data; it is kept")
	out := flag.String("out", "growth.csv", "file for what is measured")
	objects := flag.String("objects", "10000,30000,100000,300000,1000000", "numbers of objects of 4 KiB")
	gib := flag.String("gib", "1,2,4,8,16,32,64", "GiB, of files of 1 GiB")
	rounds := flag.Int("rounds", 3, "times that every size is measured")
	flag.Parse()
	err := run(context.Background(), *data, *out, *rounds, []kind{
		{name: "objects", file: 4 << 10, files: 64, sizes: numbers(*objects), flags: []string{"--parallel", "32"}},
		{name: "gib", file: 1 << 30, files: 1, sizes: numbers(*gib), flags: []string{"--parallel", "4", "--part-size", "8MiB"}},
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "growth:", err)
		os.Exit(1)
	}
}

// kind is a way for work to grow: more files of one size.
type kind struct {
	name  string
	file  int64 // bytes of a file
	files int   // that the others are links to
	sizes []int // numbers of files, ascending
	flags []string
	costs [][]lab.Cost // of each of sizes
}

func numbers(list string) (all []int) {
	for text := range strings.SplitSeq(list, ",") {
		if n, err := strconv.Atoi(text); err == nil {
			all = append(all, n)
		}
	}
	return all
}

func run(ctx context.Context, data, out string, rounds int, kinds []kind) error {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	if err := lab.Build(ctx, data, "./cmd/ingest", "./bench/nullstore"); err != nil {
		return err
	}
	s, err := lab.StartStore(ctx, filepath.Join(data, "nullstore"))
	if err != nil {
		return err
	}
	defer s.Stop()
	for i := range kinds {
		if err := kinds[i].lay(data); err != nil {
			return err
		}
		kinds[i].costs = make([][]lab.Cost, len(kinds[i].sizes))
	}
	for range rounds {
		for i := range kinds {
			if err := kinds[i].round(data, s.Addr); err != nil {
				return err
			}
		}
	}
	return write(out, kinds)
}

// least is the CPU time that a figure is made of, at least: a short run is repeated, as clocks and noise are coarse.
const least = 2.0 // seconds

// round measures every size once.
func (k *kind) round(data, addr string) error {
	for i, n := range k.sizes {
		for spent := 0.0; spent < least; {
			cost, err := k.once(data, addr, n)
			if err != nil {
				return err
			}
			spent += cost.CPU.Seconds()
			k.costs[i] = append(k.costs[i], cost)
		}
		last := k.costs[i][len(k.costs[i])-1]
		fmt.Fprintf(os.Stderr, "%d %s: %.2f s CPU, %.2f s wall\n", n, k.name, last.CPU.Seconds(), last.Wall.Seconds())
	}
	return nil
}

// once runs ingest on the first n files.
func (k *kind) once(data, addr string, n int) (lab.Cost, error) {
	journal := filepath.Join(data, "journal")
	_ = os.Remove(journal) // of a run that was stopped, which would be another job's
	args := append([]string{"run", k.manifest(data, n), "--to", "s3://null/", "--journal", journal, "--progress", "none",
		"--log-level", "error"}, k.flags...)
	cmd := exec.Command(filepath.Join(data, "ingest"), args...)
	cmd.Env = lab.Keys(addr, "http")
	return lab.Measure(cmd)
}
