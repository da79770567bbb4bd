package wire

import (
	"errors"
	"runtime/debug"
	"syscall"
)

// errVanished is what a writer gets whose bytes were in a mapped file that shrank.
var errVanished = errors.New("the bytes to send are not there any more")

// guarded calls f, which reads bytes that may be a mapped file, and turns the fault of one that shrank into an error.
func guarded(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch v := recover().(type) {
		case nil:
		case interface{ Addr() uintptr }:
			err = errVanished
		default:
			panic(v)
		}
	}()
	return f()
}

// vanished reports whether the request's own bytes could not be read. The kernel says EFAULT when it meets a mapped
// file that shrank.
func vanished(err error) bool { return errors.Is(err, errVanished) || errors.Is(err, syscall.EFAULT) }
