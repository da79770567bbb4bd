package sender_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/ingest-dev/ingest/sender"
)

// What a store says ends up on a terminal and in a log: it must not move the cursor, ring, or begin a line of its own.
func TestForeignTextMovesNoCursor(t *testing.T) {
	const hostile = "\x1b[2J\x07\r\nINFO all is well\u009b1mbold\x7f"
	for _, e := range []sender.Error{
		{Op: "put object", Key: hostile, Code: "X", Message: hostile, RequestID: hostile, HostID: hostile, EC: hostile},
		{Op: "put object", Key: hostile, Message: hostile},
	} {
		if text := e.Error(); strings.ContainsFunc(text, unicode.IsControl) || !strings.Contains(text, "all is well") {
			t.Errorf("%q", text)
		}
	}
}
