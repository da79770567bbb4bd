package ossv2

import (
	"testing"

	"github.com/ingest-dev/ingest/test/internal/lab"
)

func TestMain(m *testing.M) { lab.Main(m) }
