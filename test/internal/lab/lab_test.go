package lab_test

import (
	"testing"

	"github.com/ingest-dev/ingest/test/internal/lab"
)

func TestMain(m *testing.M) { lab.Main(m) }

func TestWhatIsLeftAloneArrives(t *testing.T) {
	for _, kind := range []lab.Kind{lab.OSS, lab.S3, lab.File} {
		t.Run(string(kind), func(t *testing.T) {
			l := lab.New(t, lab.Options{Kind: kind})
			trial := l.Trial()
			trial.Finish()
			if l.Meter == nil {
				return
			}
			if all, again := trial.SentAgain(); all != 16 || again != 0 {
				t.Errorf("%d parts and objects were stored, %d again", all, again)
			}
		})
	}
}
