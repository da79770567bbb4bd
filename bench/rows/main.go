//go:build unix

// Command rows measures what a manifest of many rows costs before the first byte is sent: `plan` of all of it, and
// the resuming of a job of which every row but the last is done.
//
//	go run ./bench/rows -rows 10000000 -check
//
// The rows have different keys and name 1,000 small files in turn: what is measured is ours, not the disk's. The
// journal is written here, as a run of ingest would have.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/ingest-dev/ingest/bench/internal/lab"
)

func main() {
	rows := flag.Int64("rows", 10_000_000, "rows of the manifest")
	data := flag.String("data", filepath.Join(os.TempDir(), "ingest-rows"), "folder for manifest and journal; it is kept")
	what := flag.String("what", "plan,resume", "what to measure")
	check := flag.Bool("check", false, "fail if a bound does not hold")
	flag.Parse()
	if err := run(context.Background(), *data, *rows, *what, *check); err != nil {
		fmt.Fprintln(os.Stderr, "rows:", err)
		os.Exit(1)
	}
}

// The bounds, for 10 million rows on a machine that does nothing else.
const (
	leastPlanned = 500_000   // rows a second
	mostMemory   = 256 << 20 // of plan
	mostWait     = 10.0      // seconds until the first row of a resumed job is sent
)

func run(ctx context.Context, data string, rows int64, what string, check bool) error {
	manifest, err := lay(data, rows)
	if err != nil {
		return err
	}
	if err := lab.Build(ctx, data, "./cmd/ingest"); err != nil {
		return err
	}
	var planned, resumed error
	if strings.Contains(what, "plan") {
		planned = plan(data, manifest, rows, check)
	}
	if strings.Contains(what, "resume") {
		resumed = resume(ctx, data, manifest, rows, check)
	}
	return errors.Join(planned, resumed)
}

// plan measures `ingest plan` of a job that was never begun.
func plan(data, manifest string, rows int64, check bool) error {
	cmd := exec.Command(filepath.Join(data, "ingest"), "plan", manifest, "--to", "s3://null/", "--journal", "none")
	cmd.Env = lab.Keys("127.0.0.1:9", "http") // nothing is asked of the store
	cost, err := lab.Measure(cmd)
	if err != nil {
		return err
	}
	rate := float64(rows) / cost.Wall.Seconds()
	fmt.Printf("plan of %d rows: %.1f s, %.0f rows/s, %.2f us of CPU a row, peak RSS %.0f MiB\n",
		rows, cost.Wall.Seconds(), rate, cost.CPU.Seconds()*1e6/float64(rows), mib(cost.RSS))
	if check && (rate < leastPlanned || cost.RSS > mostMemory) {
		return fmt.Errorf("plan: want at least %d rows/s in %.0f MiB", leastPlanned, mib(mostMemory))
	}
	return nil
}

func mib(n int64) float64 { return float64(n) / (1 << 20) }

// resume measures a run that has one row left to send.
func resume(ctx context.Context, data, manifest string, rows int64, check bool) error {
	s, err := listen(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	path := filepath.Join(data, "journal")
	if err := remember(ctx, path, manifest, s.endpoint(), rows); err != nil {
		return err
	}
	cmd := exec.Command(filepath.Join(data, "ingest"), "run", manifest, "--to", "s3://null/", "--journal", path, "--progress", "none",
		"--log-level", "error")
	cmd.Env = lab.Keys(s.addr(), "http")
	s.reset()
	cost, err := lab.Measure(cmd)
	if err != nil {
		return err
	}
	if n := s.puts.Load(); n != 1 {
		return fmt.Errorf("resume: %d objects were sent, one was missing", n)
	}
	fmt.Printf("resuming %d rows, all but one done: first row sent after %.1f s, all over after %.1f s, %.1f s of CPU, peak RSS %.0f MiB\n",
		rows, s.first().Seconds(), cost.Wall.Seconds(), cost.CPU.Seconds(), mib(cost.RSS))
	if check && s.first().Seconds() > mostWait {
		return fmt.Errorf("resume: want the first row sent within %.0f s", mostWait)
	}
	return nil
}
