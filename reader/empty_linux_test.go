package reader

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// The system states no size for it, and makes up its bytes as they are read.
func TestFileOfProcIsHandedOutAsEmpty(t *testing.T) {
	const path = "/proc/self/status"
	if info, err := os.Stat(path); err != nil || info.Size() != 0 {
		t.Skip("there is no such file here: ", err)
	}
	inBothModes(t, func(t *testing.T, r *Reader) {
		_, err := open(t, r, path).Read(t.Context(), 0, 0)
		if !errors.Is(err, ErrNotRegular) || !strings.Contains(err.Error(), "though the system says that its size is 0") {
			t.Error(err)
		}
	})
}
