package torture

import (
	"testing"

	"github.com/ingest-dev/ingest/devstore"
	"github.com/ingest-dev/ingest/devstore/fault"
	"github.com/ingest-dev/ingest/test/internal/lab"
)

// Found by TestEveryCallFailingLosesNothing: the answer to the beginning of an upload was lost, and another upload was
// begun. Nobody knew the first one any more, and it stayed open when the run ended with 0.
func TestUploadWhoseBeginningWasLostIsNotLeftOpen(t *testing.T) {
	for name, f := range map[string]fault.Fault{"no answer": {Lose: true}, "half an answer": {CutAnswer: 20}, "garbled": {Lie: fault.Garbled}} {
		t.Run(name, func(t *testing.T) {
			lost := fault.NewScript(1, fault.Rule{Op: fault.BeginUpload, Times: 1, Fault: f})
			trial := lab.New(t, lab.Options{Store: func(o *devstore.Options) { o.Faults = lost }}).Trial()
			trial.Arrived(trial.Run(lab.Command{Quiet: true}))
			if struck := lost.Struck(); struck[0] != 1 {
				t.Errorf("it was struck %d times", struck[0])
			}
		})
	}
}
