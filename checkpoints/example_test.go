package checkpoints_test

import (
	"fmt"

	"github.com/ingest-dev/ingest/checkpoints"
)

// What multipartUpload of ali-oss left behind, kept as JSON.
func ExampleParse() {
	c, err := checkpoints.Parse([]byte(`{"file":"big.bin","name":"2026/big.bin","fileSize":2500000,"partSize":1048576,` +
		`"uploadId":"0004B9","doneParts":[{"number":1,"etag":"\"B6D81B360A5672D80C27430F39153E2C\""}]}`))
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s: %s to %s, upload %s in parts of %d bytes, %d of them claimed\n", c.Tool, c.Source, c.Key, c.UploadID, c.PartSize, len(c.Parts))
	// Output: ali-oss: big.bin to 2026/big.bin, upload 0004B9 in parts of 1048576 bytes, 1 of them claimed
}
