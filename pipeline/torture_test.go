package pipeline

import (
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"
)

// torture runs a trial again and again, each with a seed of its own: usual times, or for as long as INGEST_TORTURE
// says, which is a duration. INGEST_SEED repeats one trial.
func torture(t *testing.T, usual int, trial func(t *testing.T, luck *luck)) {
	t.Helper()
	if text := os.Getenv("INGEST_SEED"); text != "" {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		tryLuck(t, seed, trial)
		return
	}
	long, _ := time.ParseDuration(os.Getenv("INGEST_TORTURE"))
	end := time.Now().Add(long)
	for n := 0; (n < usual || time.Now().Before(end)) && !t.Failed(); n++ {
		tryLuck(t, rand.Uint64(), trial)
	}
}

func tryLuck(t *testing.T, seed uint64, trial func(t *testing.T, luck *luck)) {
	t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
		trial(t, newLuck(seed))
		if t.Failed() {
			t.Logf("repeat it with INGEST_SEED=%d", seed)
		}
	})
}

// luck is randomness that many goroutines share. What it draws depends on its seed, who draws what on the scheduler.
type luck struct {
	mu     sync.Mutex
	random *rand.Rand
}

func newLuck(seed uint64) *luck { return &luck{random: rand.New(rand.NewPCG(seed, 0))} }

// below draws a number from 0 up to n, n excluded.
func (l *luck) below(n int) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.random.IntN(n)
}

// one is true one time in n.
func (l *luck) one(n int) bool { return l.below(n) == 0 }
