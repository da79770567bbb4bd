//go:build unix

package lab_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/ingest-dev/ingest/bench/internal/lab"
)

func TestMedianIsMovedByNoOutlier(t *testing.T) {
	for _, c := range []struct {
		of   []float64
		want float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{1, 4}, 2.5}, {[]float64{900, 2, 1}, 2}} {
		if got := lab.Median(c.of); got != c.want {
			t.Errorf("median of %v is %v, want %v", c.of, got, c.want)
		}
	}
}

func TestCommandThatFailsIsNoMeasurement(t *testing.T) {
	_, err := lab.Measure(exec.Command("sh", "-c", "echo why >&2; exit 3"))
	if err == nil || !strings.Contains(err.Error(), "why") {
		t.Errorf("error %v", err)
	}
	c, err := lab.Measure(exec.Command("sh", "-c", "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done"))
	if err != nil || c.CPU <= 0 || c.Wall <= 0 || c.RSS < 100<<10 {
		t.Errorf("got %+v, %v", c, err)
	}
}
