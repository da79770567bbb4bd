package reader

import (
	"context"
	"time"
)

// tick is the longest that the clock of a local file system stands still: Linux before 6.13 stamps changes with
// the time of its last timer interrupt, at 100 to 1,000 a second.
const tick = 20 * time.Millisecond

// AtRest makes sure that the next change of the file shows in its identity. Right after a change it would not: a
// second one within the same tick of the file system's clock has the same time, and a source that was opened between
// the two would pass for unchanged. So AtRest waits until the last change is a tick ago, for a tick at most, and fails
// with [ErrChanged] if the file was changed meanwhile. A file that has been left alone costs it nothing.
//
// The clock is taken for this machine's own. A server's may be ahead or behind, or of another grain.
func (s *Source) AtRest(ctx context.Context) error {
	last := s.id.Changed
	if last == 0 {
		last = s.id.Modified
	}
	wait := tick - time.Since(time.Unix(0, last))
	if wait <= 0 {
		return nil
	}
	t := time.NewTimer(min(wait, tick))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return s.Unchanged()
	}
}
