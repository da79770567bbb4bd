package manifests_test

import (
	"testing"

	"go.uber.org/goleak"
)

// The package starts no goroutine, and neither do the decompressors as they are set up here.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
