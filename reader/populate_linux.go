package reader

import (
	"context"
	"errors"

	"golang.org/x/sys/unix"
)

// populate brings the pages of a window on f at off into memory. If one of them cannot be read, it fails with EFAULT
// where touching the page would fault.
//
// Pages that are in the page cache already are left to be mapped by the first touch, many at once: that is a tenth
// of the CPU time of reading and hashing less than populating them one by one.
func populate(ctx context.Context, f file, window []byte, off int64) error {
	if cached(f, off, len(window)) {
		return nil
	}
	for len(window) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := min(step, len(window))
		if err := unix.Madvise(window[:n], unix.MADV_POPULATE_READ); errors.Is(err, unix.EINVAL) {
			return unix.Madvise(window, unix.MADV_WILLNEED) // Linux before 5.14 populates nothing on demand
		} else if err != nil {
			return err
		}
		window = window[n:]
	}
	return nil
}

// cached reports whether all pages of the range are in the page cache. Pages beyond the end of a file that was cut
// short may still be there. Linux before 6.5 cannot tell.
func cached(f file, off int64, n int) bool {
	var stat unix.Cachestat_t
	err := unix.Cachestat(uint(f.fd), &unix.CachestatRange{Off: uint64(off), Len: uint64(n)}, &stat, 0)
	return err == nil && stat.Cache == uint64((int64(n)+pageSize-1)/pageSize)
}
