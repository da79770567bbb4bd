package journal

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var testJob = Job{Manifest: [16]byte{0xAB, 1}, Rows: 1000, Target: "oss://bucket/prefix", Root: "/data"}
