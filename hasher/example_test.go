package hasher_test

import (
	"fmt"

	"github.com/ingest-dev/ingest/hasher"
)

// The bytes of each part are read once; the object's checksum comes out of those of its parts.
func Example() {
	parts := []string{"1234", "56789"}
	set := hasher.SetOf(hasher.XXH3, hasher.CRC64ECMA)

	var whole hasher.Whole
	for _, p := range parts {
		sums := hasher.Sum([]byte(p), set)
		if err := whole.Add(sums.Get(hasher.CRC64ECMA), int64(len(p))); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println(whole.Sum())
	fmt.Println(hasher.Sum([]byte("123456789"), set).Get(hasher.CRC64ECMA))
	// Output:
	// crc64ecma:995dc9bbdf1939fa
	// crc64ecma:995dc9bbdf1939fa
}

// What a manifest states is compared with what the file turns out to be.
func ExampleParse() {
	stated, err := hasher.Parse("CRC32C:E3069283")
	if err != nil {
		fmt.Println(err)
		return
	}
	d := hasher.NewDigest(hasher.SetOf(stated.Algorithm))
	_, _ = fmt.Fprint(d, "123456789")
	fmt.Println(d.Sums().Get(stated.Algorithm) == stated)
	// Output: true
}
