package manifests_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/ingest-dev/ingest/manifests"
)

func Example() {
	ctx := context.Background()
	m, err := manifests.Open("examples/table.csv", manifests.Options{Prefix: "2026"})
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = m.Close() }()

	summary, err := m.Check(ctx, manifests.Check{})
	if err != nil {
		log.Fatal(err) // *manifests.Mistakes: one line for each
	}
	fmt.Println(summary.Rows, "rows,", summary.Bytes, "bytes in those that state a size")

	for row, err := range m.Rows(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(row.Source, "->", row.Key)
	}
	// Output:
	// 4 rows, 41 bytes in those that state a size
	// data/cities.csv -> 2026/tables/cities.csv
	// data/2026/events.jsonl -> 2026/data/2026/events.jsonl
	// data/#notes today.txt -> 2026/notes, with a comma.txt
	// data/empty.bin -> 2026/data/empty.bin
}

func ExampleWalk() {
	_, err := manifests.Walk(context.Background(), "examples/data", os.Stdout, manifests.WalkOptions{
		Exclude: []string{"**/*.txt"},
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// {"source":"2026/events.jsonl","size":18}
	// {"source":"cities.csv","size":23}
	// {"source":"empty.bin","size":0}
}
