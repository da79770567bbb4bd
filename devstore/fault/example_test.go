package fault_test

import (
	"fmt"

	"github.com/ingest-dev/ingest/devstore/fault"
)

// A store that is busy at first, and loses the answer to the second completion.
func Example() {
	script := fault.NewScript(1,
		fault.Rule{Times: 2, Fault: fault.Fault{Answer: &fault.Answer{Status: 503, Code: "SlowDown"}}},
		fault.Rule{Op: fault.CompleteUpload, Skip: 1, Times: 1, Fault: fault.Fault{Lose: true}})
	// devstore.New(devstore.Options{Faults: script, …}) asks it for every request.
	for range 2 {
		script.Next(fault.SendPart, "big", 1)
		script.Next(fault.CompleteUpload, "big", 0)
	}
	fmt.Println(script.Struck(), script.Requests())
	// Output: [2 1] map[complete-upload:2 send-part:2]
}
