package differential

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/ingest-dev/ingest/test/internal/lab"
)

// TestMain is a client too: started with a role, the test binary uploads a file with that SDK and exits.
func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		os.Exit(play(role))
	}
	flag.Parse()
	if !given("test.parallel") {
		_ = flag.Set("test.parallel", "6") // cells mostly wait
	}
	lab.Main(m)
}

func given(name string) (found bool) {
	flag.Visit(func(f *flag.Flag) { found = found || f.Name == name })
	return found
}

// play is a client's whole process.
func play(role string) int {
	upload, known := roles[role]
	if !known {
		fmt.Fprintln(os.Stderr, "no such client:", role)
		return 2
	}
	if err := upload(taskOfEnvironment()); err != nil {
		fmt.Fprintln(os.Stderr, "failed:", err)
		return 1
	}
	return 0
}
