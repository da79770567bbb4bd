package dir_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/dir"
)

func Example() {
	root, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(root)
	store, err := dir.New(root)
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()

	data := []byte("hello")
	object := &sender.Object{Key: "2026/greeting.txt", Size: int64(len(data))}
	payload := sender.Payload{Data: data, Sums: hasher.Sum(data, hasher.SetOf(store.Wire()))}
	receipt, err := store.Put(context.Background(), object, payload)
	fmt.Println(receipt.Checksum, err)

	kept, err := os.ReadFile(filepath.Join(root, "2026", "greeting.txt"))
	fmt.Printf("%s %v\n", kept, err)
	// Output:
	// crc64nvme:3377857006524257 <nil>
	// hello <nil>
}
