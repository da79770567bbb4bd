package judge

import (
	"net/http"
	"strings"
	"testing"
)

// Expiry makes a client act with what has ended: late is a store whose clock is two minutes ahead, fresh and stale are
// access by a temporary key that is good and by one that has expired, for which the store says code.
func Expiry(t *testing.T, trial Trial, late, fresh, stale Access, code string) {
	t.Run("Presigned", func(t *testing.T) { testLate(t, trial, late) })
	t.Run("Temporary", func(t *testing.T) {
		trial.Access = fresh
		c := newCourt(t, trial)
		c.put("temporary/o", []byte("bytes"))
		c.holds("temporary/o", []byte("bytes"))
		if status, got := c.fetch(http.MethodGet, "temporary/o", nil, ""); status != http.StatusOK {
			t.Errorf("presigned: status %d, %s", status, got)
		}
	})
	t.Run("Expired", func(t *testing.T) {
		trial.Access = stale
		c := newCourt(t, trial)
		_, err := c.Put(c.ctx, "temporary/o", []byte("bytes"), Properties{})
		c.refused("put", err, code)
		_, err = c.Begin(c.ctx, "temporary/o", Properties{})
		c.refused("begin", err, code)
	})
}

// testLate fetches what was presigned for a minute. What is signed in a header has a quarter of an hour.
func testLate(t *testing.T, trial Trial, late Access) {
	trial.Access = late
	c := newCourt(t, trial)
	c.put("late/o", []byte("bytes"))
	status, got := c.fetch(http.MethodGet, "late/o", nil, "")
	if status != http.StatusForbidden || !strings.Contains(string(got), "expired") {
		t.Errorf("status %d, %s", status, got)
	}
}
