package reader

import (
	"context"
	"errors"
	"io"
	"syscall"
)

// step is how many bytes are asked of the system at once: between two steps it is seen that nobody waits any more.
// It is below the 2 GiB that some systems refuse to exceed.
const step = 8 << 20

// readFull reads into p what f has at off, in as many reads as it takes, and returns how much that was: fewer bytes
// than p has only at the end of the file or with an error.
func readFull(ctx context.Context, f io.ReaderAt, p []byte, off int64) (int, error) {
	for done := 0; ; {
		if done == len(p) {
			return done, nil
		}
		if err := ctx.Err(); err != nil {
			return done, err
		}
		n, err := f.ReadAt(p[done:min(done+step, len(p))], off+int64(done))
		done += n
		switch {
		case errors.Is(err, syscall.EINTR):
		case err != nil && !errors.Is(err, io.EOF):
			return done, err
		case n == 0:
			return done, nil
		}
	}
}
