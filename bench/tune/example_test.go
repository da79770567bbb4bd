package tune_test

import (
	"context"
	"fmt"

	"github.com/ingest-dev/ingest/bench/tune"
)

// A store that answers a request after 100 ms, and takes 50 MB/s.
func Example() {
	measure := func(_ context.Context, p tune.Point, effort float64) (tune.Try, error) {
		speed := min(50e6, float64(p.Parallel)*float64(p.PartSize)/0.1)
		return tune.Try{Rates: []float64{speed, speed}, Bytes: int64(10 * effort * speed)}, nil
	}
	grid := tune.Grid{PartSizes: tune.Powers[int64](1<<20, 64<<20), Parallels: tune.Powers(1, 64)}
	found, err := tune.Search(context.Background(), grid, tune.Point{PartSize: 1 << 20, Parallel: 1}, measure)
	fmt.Println(found.Best, found.Gain().Mean > 4, err)
	// Output: {1048576 8} true <nil>
}
