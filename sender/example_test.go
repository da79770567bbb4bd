package sender_test

import (
	"context"
	"fmt"
	"time"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// A store on its own turns one call into one request. The stack tries again, keeps to limits and compares checksums.
func ExampleStack() {
	var counters sender.Counters
	store := sender.Stack(sendertest.NewMemory(), sender.Options{
		Retries:           4,
		BytesPerSecond:    100 << 20,
		RequestsPerSecond: 500,
		Counters:          &counters,
	})

	data := []byte("hello")
	object := &sender.Object{Key: "greeting.txt", Size: int64(len(data))}
	payload := sender.Payload{Data: data, Sums: hasher.Sum(data, hasher.SetOf(store.Wire()))}
	receipt, err := store.Put(context.Background(), object, payload)
	fmt.Println(receipt.Checksum, receipt.Attempts, err)
	fmt.Println(counters.ObjectsSent.Load(), "object,", counters.BytesSent.Load(), "bytes")
	// Output:
	// crc64ecma:9b1edae5dbb937b1 1 <nil>
	// 1 object, 5 bytes
}

// On a resume, an upload may be gone because it was completed, and the answer lost.
func ExampleSettle() {
	ctx, store := context.Background(), sendertest.NewMemory()
	data := []byte("hello")
	object := &sender.Object{Key: "greeting.txt", Size: int64(len(data))}
	whole := hasher.Sum(data, hasher.SetOf(store.Wire())).Get(store.Wire())

	_, done, err := sender.Settle(ctx, store, object, whole, time.Time{})
	fmt.Println(done, err)

	_, _ = store.Put(ctx, object, sender.Payload{Data: data})
	receipt, done, err := sender.Settle(ctx, store, object, whole, time.Time{})
	fmt.Println(done, err, receipt.ETag)
	// Output:
	// false <nil>
	// true <nil> 5d41402abc4b2a76b9719d911017c592
}
