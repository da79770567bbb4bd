package differential

import (
	"encoding/json"
	"os"
)

const (
	roleVariable = "INGEST_DIFFERENTIAL_CLIENT"
	taskVariable = "INGEST_DIFFERENTIAL_TASK"
)

const (
	partSize = 5 << 20 // the least that all stores and clients take
	parts    = 10
	parallel = 3 // parts in flight, the default of the OSS SDK for Go v2

	large = (parts-1)*partSize + 1<<20 + 13 // the last part is short
	long  = 24 * partSize                   // more than any client reads ahead
	small = 64<<10 - 13                     // one request, but for clients that always send parts
)

// task is what a client is told to do.
type task struct {
	Endpoint, Region, Bucket string
	ID, Secret, Token        string
	File, Key                string
	Checkpoint               string // a directory that is there, for the client alone
	PartSize                 int64
	Parallel                 int
	Debug                    bool // say as much as can be said
}

func (t task) environment(role string) []string {
	text, err := json.Marshal(t)
	if err != nil {
		panic(err) // it is strings and numbers
	}
	return []string{roleVariable + "=" + role, taskVariable + "=" + string(text)}
}

func taskOfEnvironment() (t task) {
	if err := json.Unmarshal([]byte(os.Getenv(taskVariable)), &t); err != nil {
		panic(err)
	}
	return t
}
