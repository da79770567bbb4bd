package pipeline

import (
	"time"

	"github.com/sourcegraph/conc"
)

// every calls do every so often, never twice at a time, until the function returned is called. That waits for a call
// under way.
func every(d time.Duration, do func()) (stop func()) {
	done := make(chan struct{})
	var wg conc.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(d)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				do()
			case <-done:
				return
			}
		}
	})
	return func() {
		close(done)
		wg.Wait()
	}
}
