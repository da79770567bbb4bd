package dir

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
)

// blockSize is how much is copied, hashed and written at a time: it stays in a core's cache between the three, and
// is what a call waits for when its context ends.
const blockSize = 256 << 10

var blocks = sync.Pool{New: func() any { return new([blockSize]byte) }}

// write writes data at an offset, and returns the checksum of what it wrote. Each block is copied first: data may be
// mapped from a file that changes while it is read, and what is hashed must be what is written.
func write(ctx context.Context, f *os.File, data []byte, offset int64) (hasher.Checksum, error) {
	block := blocks.Get().(*[blockSize]byte)
	defer blocks.Put(block)
	sum := hasher.NewDigest(hasher.SetOf(wire))
	for len(data) > 0 {
		if err := ctx.Err(); err != nil {
			return hasher.Checksum{}, err
		}
		n := copy(block[:], data)
		if _, err := sum.Write(block[:n]); err != nil {
			return hasher.Checksum{}, err
		}
		if _, err := f.WriteAt(block[:n], offset); err != nil {
			return hasher.Checksum{}, err
		}
		data, offset = data[n:], offset+int64(n)
	}
	return sum.Sums().Get(wire), ctx.Err()
}

// agree returns an error if what was written is not what the payload's sums claim.
func agree(written hasher.Checksum, claimed hasher.Checksum) error {
	if claimed.Algorithm != written.Algorithm || claimed == written {
		return nil
	}
	return fmt.Errorf("%w: written was %v, meant was %v", sender.ErrCorrupt, written, claimed)
}

// trusted takes it for success that a file system has no fsync.
func trusted(err error) error {
	if errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}

// closing closes a file that was written, and keeps the first error.
func closing(f *os.File, err *error) {
	if closed := f.Close(); *err == nil {
		*err = closed
	}
}
