package sender

import (
	"context"
	"fmt"
	"time"
)

// DefaultPatience is how long a run bears a store that throttles everybody. What a store limits, it counts by the
// second, and a run that is turned away asks once a second: after nine hundred refusals and not one success, the rate
// is not what is wrong.
const DefaultPatience = 15 * time.Minute

// throttleCap bounds the wait of a request that was throttled. It waits in its line, which knows when the store
// has time again; the wait before only mixes those who were turned away together.
const throttleCap = time.Second

// bear is charge for a try that was throttled. It is free, and there is always another, until
//
//   - the store has served nobody for as long as the run is patient: no request of this run can succeed;
//   - the call was throttled for as long, while others were served: the fault may be its key's. From then on its
//     tries cost.
func (r *retry) bear(ctx context.Context, t *tries, e *Error) (wait time.Duration, ok bool) {
	now := time.Now()
	if t.turned.IsZero() {
		t.turned = now
	}
	since := t.turned
	if served := r.pulse.lastServed(); served.After(since) {
		since = served
	}
	switch everybody := now.Sub(since); {
	case everybody >= r.patience:
		e.Kind = StopRun
		e.hint(fmt.Sprintf("the store has throttled every request for %v; run again to go on", everybody.Round(time.Second)))
		return 0, false
	case now.Sub(t.turned) >= r.patience && everybody < r.patience/2:
		return r.pay(ctx, t, e)
	}
	return backoff(t.made, throttleCap), true
}
