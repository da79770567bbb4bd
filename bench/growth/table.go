//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os"
	"slices"

	"github.com/ingest-dev/ingest/bench/internal/lab"
)

// write leaves one line for each size: how much, and the CPU seconds for one of it: median, least, most.
func write(path string, kinds []kind) error {
	b := bytes.NewBufferString("unit,n,cpu_s_per_unit,least,most,runs\n")
	for _, k := range kinds {
		for i, n := range k.sizes {
			each := k.figures(i)
			fmt.Fprintf(b, "%s,%d,%.4g,%.4g,%.4g,%d\n", k.name, n, lab.Median(each), slices.Min(each), slices.Max(each), len(each))
		}
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}

// figures are the CPU seconds for one unit in each run of a size.
func (k *kind) figures(i int) (each []float64) {
	for _, c := range k.costs[i] {
		each = append(each, c.CPU.Seconds()/float64(k.sizes[i]))
	}
	return each
}
