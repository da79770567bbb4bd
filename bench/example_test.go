package bench_test

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/ingest-dev/ingest/bench"
	"github.com/ingest-dev/ingest/sender/dir"
)

// How fast a directory takes objects of 64 KiB, 8 at once.
func Example() {
	root, err := os.MkdirTemp("", "bench")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(root)
	store, err := dir.New(root)
	if err != nil {
		panic(err)
	}
	defer store.Close()

	b := bench.New(bench.Options{Store: store, Prefix: ".bench-example/"})
	defer b.Clean(context.Background())
	r, err := b.Measure(context.Background(), bench.Objects(64<<10),
		bench.Setting{PartSize: 1 << 20, Parallel: 8},
		bench.Effort{Duration: 50 * time.Millisecond, Precision: 1})
	fmt.Println(err, r.Rate.Mean > 0, r.Latencies[bench.Sending].P99 > 0)
	// Output: <nil> true true
}
