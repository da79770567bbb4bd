package versity

import (
	"testing"

	"github.com/ingest-dev/ingest/test/internal/lab"
)

func TestMain(m *testing.M) { lab.Main(m) }
