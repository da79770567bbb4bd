package reader_test

import (
	"context"
	"fmt"
	"os"

	"github.com/ingest-dev/ingest/reader"
)

// A file is read part by part; only if it is unchanged after the last one do the parts belong together.
func Example() {
	f, _ := os.CreateTemp("", "example")
	defer func() { _ = os.Remove(f.Name()) }()
	_, _ = f.WriteString("three parts")
	_ = f.Close()

	r := reader.New(reader.Options{Mode: reader.Auto, Buffers: 2})
	defer r.Close()
	s, err := r.Open(f.Name())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = s.Close() }()

	const part = 4
	for off := int64(0); off < s.Size(); off += part {
		chunk, err := s.Read(context.Background(), off, int(min(part, s.Size()-off)))
		if err != nil {
			fmt.Println(err)
			return
		}
		err = reader.Guard(func() error {
			_, err := fmt.Printf("%q\n", chunk.Bytes())
			return err
		})
		chunk.Release()
		if err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Println(s.Unchanged())
	// Output:
	// "thre"
	// "e pa"
	// "rts"
	// <nil>
}
