package pipeline_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/pipeline"
	"github.com/ingest-dev/ingest/sender/dir"
	"github.com/ingest-dev/ingest/sender/oss"
)

// One file. Called again with the same arguments after a crash, it carries on where the first call was cut off.
func ExampleUpload() {
	ctx, folder := context.Background(), scratch()
	defer os.RemoveAll(folder)

	store, err := dir.New(folder)
	check(err)
	defer store.Close()
	stored, err := pipeline.Upload(ctx, filepath.Join(folder, "a.txt"), "2026/a.txt", pipeline.Settings{
		Store: store, Journal: filepath.Join(folder, "a.txt.journal"),
	})
	check(err)

	fmt.Println(stored.Status, stored.Size, "bytes in", stored.Parts, "part")
	// Output: done 5 bytes in 1 part
}

// The same into Alibaba Cloud OSS. Region and keys are found in the environment.
func ExampleUpload_oss() {
	ctx := context.Background()

	store, err := oss.New(ctx, oss.Options{Bucket: "lake"})
	check(err)
	defer store.Close()
	stored, err := pipeline.Upload(ctx, "a.parquet", "2026/a.parquet", pipeline.Settings{Store: store, Journal: "a.parquet.journal"})
	check(err)

	fmt.Println(stored.Checksum) // the whole object's, as the store and we agree on it
}

// A manifest, with a line of progress now and then.
func ExampleOpen() {
	ctx, folder := context.Background(), scratch()
	defer os.RemoveAll(folder)
	rows := filepath.Join(folder, "rows.txt")
	check(os.WriteFile(rows, []byte("a.txt\nb.txt\n"), 0o600))

	store, err := dir.New(folder)
	check(err)
	defer store.Close()
	list, err := manifests.Open(rows, manifests.Options{Prefix: "out"})
	check(err)
	defer list.Close()
	session, err := pipeline.Open(ctx, pipeline.Settings{Store: store, Manifest: list, Journal: rows + ".journal"})
	check(err)
	defer session.Close()

	check(session.RunShowing(ctx, time.Minute, func(p pipeline.Progress) { fmt.Println(p.Done, "of", p.Rows) }))
	check(session.Report(ctx, os.Stdout))
	// Output:
	// 2 of 2
	// {"row":1,"source":"a.txt","key":"out/a.txt","status":"done","size":5,"parts":1,"xxh3":"9555e8555c62dcfd","crc64nvme":"3377857006524257","etag":"3377857006524257","attempts":1}
	// {"row":2,"source":"b.txt","key":"out/b.txt","status":"done","size":5,"parts":1,"xxh3":"9555e8555c62dcfd","crc64nvme":"3377857006524257","etag":"3377857006524257","attempts":1}
}

// scratch makes a folder with two files in it.
func scratch() string {
	folder, err := os.MkdirTemp("", "example")
	check(err)
	for _, name := range []string{"a.txt", "b.txt"} {
		check(os.WriteFile(filepath.Join(folder, name), []byte("hello"), 0o600))
	}
	return folder
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
