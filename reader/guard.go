package reader

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// Guard runs f and returns its error. If f touches mapped memory whose page is gone, as the file was cut short or
// the disk cannot read it, f ends there and Guard fails with [ErrChanged]. Every other panic goes on.
//
// It covers the goroutine that calls it, not those that f starts. It may be nested. What f had begun stays half
// done: locks that it holds are released only if it defers that.
func Guard(f func() error) (err error) {
	was := debug.SetPanicOnFault(true)
	defer func() {
		debug.SetPanicOnFault(was)
		if p := recover(); p != nil {
			err = faultOf(p)
		}
	}()
	return f()
}

// faultOf returns the error that a memory fault means; any other panic it lets go on.
func faultOf(p any) error {
	fault, ok := p.(interface {
		runtime.Error
		Addr() uintptr
	})
	if !ok {
		panic(p)
	}
	return fmt.Errorf("%w: mapped bytes are gone (%w)", ErrChanged, fault)
}
