//go:build unix

// Command floor spends the least that a Go client can spend on sending the files below a folder: it maps or reads
// each part, takes XXH3 and CRC-64/NVME in one pass, writes one plain HTTP/1.1 request to an open connection, head and
// body by one call each, and reads the answer. It signs nothing, remembers nothing and tries nothing again. It is there to be divided by: run
// it and the program to be judged in turn, against the same store.
//
//	floor -to 127.0.0.1:9100 -dir large          4 connections, parts of 8 MiB, mapped
//	floor -to 127.0.0.1:9100 -dir small -n 32    one pread a file
package main

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// part is a range of a file.
type part struct {
	path string
	off  int64
	size int
}

func main() {
	to := flag.String("to", "127.0.0.1:9100", "address of the store")
	dir := flag.String("dir", ".", "folder to send")
	size := flag.Int64("part", 8<<20, "bytes of a part: a multiple of the page size")
	n := flag.Int("n", 4, "connections")
	least := flag.Int64("map", 256<<10, "map parts of at least so many bytes, read the others")
	gather := flag.Bool("writev", false, "one writev for head and body, instead of two writes")
	flag.Parse()

	parts := make(chan part)
	var workers sync.WaitGroup
	for i := range *n {
		workers.Go(func() {
			must(drain(parts, conn{to: *to, prefix: fmt.Sprintf("/null/%d-", i), gather: *gather}, cheapest(*least)))
		})
	}
	must(scatter(*dir, *size, parts))
	workers.Wait()
}

// scatter hands out every part of every file below dir, and closes the channel.
func scatter(dir string, size int64, parts chan<- part) error {
	defer close(parts)
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		for off := int64(0); off < info.Size() || off == 0; off += size {
			parts <- part{path, off, int(min(size, info.Size()-off))}
		}
		return nil
	})
}

// drain sends parts, one after the other.
func drain(parts <-chan part, c conn, take take) error {
	if err := c.dial(); err != nil {
		return err
	}
	defer c.Close() //nolint:errcheck // every answer was read
	for p := range parts {
		if err := take(p, func(b []byte) error { return c.put(sums(b), b) }); err != nil {
			return err
		}
	}
	return nil
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "floor:", err)
		os.Exit(1)
	}
}
