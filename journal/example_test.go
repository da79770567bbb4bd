package journal_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/ingest-dev/ingest/journal"
)

func Example() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "load.jsonl.journal")
	job := journal.Job{Rows: 2, Target: "oss://bucket/prefix"}

	// The first run settles row 1 and is interrupted in row 2.
	j, _, err := journal.Open(path, job, journal.Options{})
	if err != nil {
		panic(err)
	}
	_ = j.Append(journal.Outcome{Row: 1, Status: journal.Done, Size: 5, Parts: 1})
	_ = j.Append(journal.Begun{Row: 2, UploadID: "0004B989", PartSize: 100 << 10})
	if err := j.Sync(context.Background()); err != nil { // before the upload's first part is sent
		panic(err)
	}
	_ = j.Append(journal.Part{Row: 2, Number: 1, Size: 100 << 10, ETag: "9E107D9D372BB6826BD81D3542A419D6"})
	_ = j.Close()

	// The second run goes on from there.
	j, state, err := journal.Open(path, job, journal.Options{})
	if err != nil {
		panic(err)
	}
	fmt.Println("done:", state.Done.ToArray())
	fmt.Println("upload of row 2:", state.Upload(2).Begun.UploadID, "parts:", len(state.Upload(2).Parts))
	_ = j.Append(journal.Outcome{Row: 2, Status: journal.Done, Size: 200 << 10, Parts: 2})
	fmt.Println("left behind:", j.Remove())
	// Output:
	// done: [1]
	// upload of row 2: 0004B989 parts: 1
	// left behind: <nil>
}
