package manifests_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/manifests"
)

// TestOneDuplicateAmongManyRowsIsMissed checks a million rows; INGEST_LONG_ROWS asks for more, and then the peak of
// the process's memory must stay below 256 MiB.
func TestOneDuplicateAmongManyRowsIsMissed(t *testing.T) {
	rows, long := 1_000_000, os.Getenv("INGEST_LONG_ROWS")
	if long != "" {
		rows, _ = strconv.Atoi(long)
	}
	f := benchmarked[0]
	path := rowsFile(t, f.name, f.header, f.format, rows)
	appendTo(t, path, fmt.Sprintf(f.format, (rows/2)%997, rows/2))

	m, err := manifests.Open(path, manifests.Options{TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = m.Close() }()
	start := time.Now()
	s, err := m.Check(t.Context(), manifests.Check{})
	t.Logf("%d rows, %.0f rows/s, peak memory %d KiB", s.Rows, float64(s.Rows)/time.Since(start).Seconds(), peak())

	var wrong *manifests.Mistakes
	if !errors.As(err, &wrong) || len(wrong.List) != 1 || wrong.More != 0 {
		t.Fatalf("want one mistake, got %v", err)
	}
	want := fmt.Sprintf("%s:%d:11: the key %q is that of line %d already", path, rows+1,
		fmt.Sprintf("data/%03d/part-%09d.bin", (rows/2)%997, rows/2), rows/2+1)
	if got := wrong.List[0].String(); got != want {
		t.Fatalf("got  %s\nwant %s", got, want)
	}
	if long != "" && peak() > 256<<10 {
		t.Fatalf("peak memory %d KiB", peak())
	}
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// peak returns the most memory that the process has had resident, in KiB; 0 where the system does not say.
func peak() (kib int64) {
	status, _ := os.ReadFile("/proc/self/status")
	_, after, _ := bytes.Cut(status, []byte("VmHWM:"))
	_, _ = fmt.Sscan(string(after), &kib)
	return kib
}
