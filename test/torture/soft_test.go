//go:build linux

package torture

import (
	"runtime"
	"sync"
	"testing"

	"github.com/ingest-dev/ingest/test/internal/lab"
)

// mostMistakes is after how many points that went wrong the short form of a sweep is given up.
const mostMistakes = 10

// apart does something to the lab whose failure ends that thing alone, and reports whether it was done to the end.
func apart(t *testing.T, l *lab.Lab, do func(*lab.Lab)) (done bool) {
	t.Helper()
	var wg sync.WaitGroup
	wg.Go(func() {
		do(l.In(soft{t}))
		done = true
	})
	wg.Wait()
	return done
}

// soft is a test whose fatal errors end the goroutine that met them, not the test.
type soft struct{ testing.TB }

func (s soft) Fatal(args ...any) {
	s.Helper()
	s.Error(args...)
	runtime.Goexit()
}

func (s soft) Fatalf(format string, args ...any) {
	s.Helper()
	s.Errorf(format, args...)
	runtime.Goexit()
}
