package lab

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"
)

// Seed is what everything random comes from: INGEST_SEED, or another one each time.
func Seed(t testing.TB) uint64 {
	t.Helper()
	seed := rand.Uint64() >> 32 // short enough to type
	if text := os.Getenv("INGEST_SEED"); text != "" {
		given, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("INGEST_SEED: %v", err)
		}
		seed = given
	}
	t.Logf("INGEST_SEED=%d", seed)
	return seed
}

// Budget is how long a test may take, and whether that is its long form.
type Budget struct {
	Long bool
	ends time.Time
}

// NewBudget is INGEST_TORTURE from now, or short.
func NewBudget(t testing.TB, short time.Duration) Budget {
	t.Helper()
	text := os.Getenv("INGEST_TORTURE")
	if text == "" {
		return Budget{ends: time.Now().Add(short)}
	}
	long, err := time.ParseDuration(text)
	if err != nil {
		t.Fatalf("INGEST_TORTURE: %v", err)
	}
	return Budget{Long: true, ends: time.Now().Add(long)}
}

// Over reports whether the time is over.
func (b Budget) Over() bool { return time.Now().After(b.ends) }
