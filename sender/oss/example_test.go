package oss_test

import (
	"context"
	"fmt"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/oss"
)

func ExampleNew() {
	store, err := oss.New(context.Background(), oss.Options{
		Bucket:      "example-bucket",
		Region:      "cn-hangzhou",
		Credentials: oss.Static(oss.Credentials{AccessKeyID: "LTAI", AccessKeySecret: "secret"}),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()

	fmt.Println(store, store.Wire(), store.Limits().MaxParts)
	fmt.Println(store.Check(&sender.Object{Key: "/data/a.parquet"}))
	// Output:
	// oss://example-bucket crc64ecma 10000
	// key: it starts with '/', which OSS refuses
}
