package credentials_test

import (
	"context"
	"fmt"
	"os"

	"github.com/ingest-dev/ingest/sender/oss"
	"github.com/ingest-dev/ingest/sender/oss/credentials"
)

func ExampleFind() {
	os.Setenv("OSS_ACCESS_KEY_ID", "LTAIexample")
	os.Setenv("OSS_ACCESS_KEY_SECRET", "secret")

	who, err := credentials.Find(credentials.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	identity, err := who.Identity(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(identity.AccessKeyID, "from", identity.From)

	store, err := oss.New(context.Background(), oss.Options{
		Bucket: "example-bucket", Region: "cn-hangzhou", Credentials: who,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()
	fmt.Println(store)
	// Output:
	// LTAIexample from OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET
	// oss://example-bucket
}
