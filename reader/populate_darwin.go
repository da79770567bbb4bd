package reader

import "context"

// populate leaves the pages to be brought in by the first touch: the system has no call that does it and says
// whether it could.
func populate(context.Context, file, []byte, int64) error { return nil }
