package wire

import (
	"bytes"
	"context"
	"errors"
	"net/http/httptest"
	"testing"
)

// A slow body must not keep a request that nobody waits for.
func TestPaceEndsWithItsRequest(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if n, err := PacedReader(ctx, bytes.NewReader(make([]byte, 100)), 1).Read(make([]byte, 100)); !errors.Is(err, context.Canceled) {
		t.Errorf("read %d, %v", n, err)
	}
	if n, err := PacedWriter(ctx, httptest.NewRecorder(), 1).Write(make([]byte, 100)); !errors.Is(err, context.Canceled) {
		t.Errorf("wrote %d, %v", n, err)
	}
}
