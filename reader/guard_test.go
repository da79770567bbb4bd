package reader

import (
	"errors"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
)

func TestGuardReturnsTheError(t *testing.T) {
	mine := errors.New("mine")
	if err := Guard(func() error { return mine }); !errors.Is(err, mine) {
		t.Error(err)
	}
	must(t, Guard(func() error { return nil }))
}

func TestGuardLetsOtherPanicsGoOn(t *testing.T) {
	var nothing *[4]int
	var none []int
	for name, f := range map[string]func() error{
		"nil":    func() error { return errors.New(string(rune(nothing[1]))) },
		"index":  func() error { return errors.New(string(rune(none[len(name(t))]))) },
		"string": func() error { panic("mine") },
		"error":  func() error { panic(ErrChanged) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if p := recover(); p == nil {
					t.Error("a mistake in the program became an error")
				}
			}()
			err := Guard(f)
			t.Errorf("returned %v", err)
		})
	}
}

func name(t *testing.T) string { return t.Name() }

// debug.SetPanicOnFault is the goroutine's: others rely on it too.
func TestGuardRestoresTheSetting(t *testing.T) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(false))
	for _, was := range []bool{false, true} {
		debug.SetPanicOnFault(was)
		_ = Guard(func() error { return Guard(func() error { return nil }) })
		func() {
			defer func() { _ = recover() }()
			_ = Guard(func() error { panic("mine") })
		}()
		if now := debug.SetPanicOnFault(was); now != was {
			t.Errorf("%v became %v", was, now)
		}
	}
}

func TestGuardLetsTheGoroutineEnd(t *testing.T) {
	returned := false
	var wg sync.WaitGroup
	wg.Go(func() {
		_ = Guard(func() error { runtime.Goexit(); return nil })
		returned = true
	})
	wg.Wait()
	if returned {
		t.Error("Guard returned")
	}
}
