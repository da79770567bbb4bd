package main

import (
	"fmt"
	"math"

	"github.com/dustin/go-humanize"
)

// byteSize is a flag's number of bytes, such as 16MiB. Zero means "not given".
type byteSize int64

func (b *byteSize) String() string {
	if *b == 0 {
		return ""
	}
	return humanBytes(int64(*b))
}

func (b *byteSize) Set(s string) error {
	n, err := humanize.ParseBytes(s)
	if err != nil || n == 0 || n > math.MaxInt64 {
		return fmt.Errorf("%q is not a size: write it like 16MiB or 100MB", s)
	}
	*b = byteSize(n)
	return nil
}

func (b *byteSize) Type() string { return "SIZE" }

// autoSize is a byteSize that may also be "auto", which is zero.
type autoSize struct{ byteSize }

func (a *autoSize) String() string {
	if a.byteSize == 0 {
		return auto
	}
	return a.byteSize.String()
}

func (a *autoSize) Set(s string) error {
	if s == auto {
		a.byteSize = 0
		return nil
	}
	return a.byteSize.Set(s)
}

// autoCount is a whole number from 1, or "auto", which is zero.
type autoCount int

const auto = "auto"

func (a *autoCount) String() string {
	if *a == 0 {
		return auto
	}
	return fmt.Sprint(int(*a))
}

func (a *autoCount) Set(s string) error {
	if s == auto {
		*a = 0
		return nil
	}
	var n int
	if _, err := fmt.Sscanf(s+"\n", "%d\n", &n); err != nil || n < 1 || n > maxParallel {
		return fmt.Errorf("%q is not a number from 1 to %d, nor auto", s, maxParallel)
	}
	*a = autoCount(n)
	return nil
}

func (a *autoCount) Type() string { return "N" }

func humanBytes(n int64) string { return humanize.IBytes(uint64(max(0, n))) }

func humanCount(n int64) string { return humanize.Comma(n) }
