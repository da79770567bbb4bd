package storage

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/ingest-dev/ingest/devstore/internal/checksum"
)

// BenchmarkPutPart is bounded by MD5 and CRC-64/ECMA over the bytes, on one core.
func BenchmarkPutPart(b *testing.B) {
	for _, algorithms := range [][]checksum.Algorithm{nil, {checksum.CRC64NVME}} {
		b.Run(fmt.Sprint(algorithms), func(b *testing.B) {
			s, err := Open(Options{Dir: b.TempDir(), NoSync: true})
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = s.Close() }()
			if err := s.CreateBucket("demo", BucketInfo{}); err != nil {
				b.Fatal(err)
			}
			bucket, _ := s.Bucket("demo")
			u, err := bucket.CreateUpload(UploadInfo{Key: "k"})
			if err != nil {
				b.Fatal(err)
			}
			content := make([]byte, 8<<20)
			b.SetBytes(int64(len(content)))
			for b.Loop() {
				staged, err := bucket.Stage(bytes.NewReader(content), StageOptions{Limit: limit, Part: true, Algorithms: algorithms})
				if err == nil {
					_, err = u.PutPart(1, staged)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkPutSmall tells what durability costs: compare it with and without fsync.
func BenchmarkPutSmall(b *testing.B) {
	for _, noSync := range []bool{true, false} {
		b.Run(fmt.Sprint("noSync=", noSync), func(b *testing.B) {
			s, err := Open(Options{Dir: b.TempDir(), NoSync: noSync})
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = s.Close() }()
			if err := s.CreateBucket("demo", BucketInfo{}); err != nil {
				b.Fatal(err)
			}
			bucket, _ := s.Bucket("demo")
			content := make([]byte, 4<<10)
			n := 0
			for b.Loop() {
				n++
				staged, err := bucket.Stage(bytes.NewReader(content), StageOptions{Limit: limit})
				if err == nil {
					_, err = bucket.Put(fmt.Sprint("key", n), staged, Meta{}, Checksum{}, nil)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
