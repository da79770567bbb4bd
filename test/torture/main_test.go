package torture

import (
	"testing"

	"github.com/ingest-dev/ingest/test/internal/lab"
	"github.com/ingest-dev/ingest/test/internal/tamper"
)

func TestMain(m *testing.M) { lab.Main(m) }

// traced skips a test where processes cannot be traced. Its twin, in pure Go, is said to stand in for it.
func traced(t *testing.T, twin string) {
	t.Helper()
	if err := tamper.Probe(t.Context()); err != nil {
		t.Skipf("SKIPPED, NOTHING WAS TESTED: no tracing of processes here: %v; in its stead there is %s", err, twin)
	}
}
