package reader

import (
	"bytes"
	"context"
	"errors"
	"io"
	"syscall"
	"testing"
)

// moody answers each read with the next of its answers, and then with all that is asked for.
type moody struct {
	data    []byte
	answers []answer
}

type answer struct {
	n   int
	err error
}

func (m *moody) ReadAt(p []byte, off int64) (int, error) {
	if len(m.answers) > 0 {
		a := m.answers[0]
		m.answers = m.answers[1:]
		return copy(p[:min(a.n, len(p))], m.data[off:]), a.err
	}
	n := copy(p, m.data[min(off, int64(len(m.data))):])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func TestShortAndInterruptedReadsGoOn(t *testing.T) {
	data := pattern(1000)
	m := &moody{data, []answer{{0, syscall.EINTR}, {1, nil}, {10, nil}, {5, syscall.EINTR}, {0, syscall.EINTR}}}
	p := make([]byte, 900)
	if n, err := readFull(t.Context(), m, p, 100); n != 900 || err != nil || !bytes.Equal(p, data[100:]) {
		t.Errorf("%d, %v", n, err)
	}
}

func TestReadStopsAtTheEnd(t *testing.T) {
	for _, answers := range [][]answer{nil, {{0, nil}}, {{7, nil}, {0, io.EOF}}} {
		n, err := readFull(t.Context(), &moody{pattern(50), answers}, make([]byte, 100), 0)
		if n >= 100 || err != nil {
			t.Errorf("%v: %d, %v", answers, n, err)
		}
	}
}

func TestReadErrorSaysHowFarItCame(t *testing.T) {
	m := &moody{pattern(100), []answer{{40, nil}, {0, syscall.EIO}}}
	if n, err := readFull(t.Context(), m, make([]byte, 100), 0); n != 40 || !errors.Is(err, syscall.EIO) {
		t.Errorf("%d, %v", n, err)
	}
}

func TestLongReadEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	m := cancelling{cancel}
	if n, err := readFull(ctx, m, make([]byte, 2*step), 0); n != step || !errors.Is(err, context.Canceled) {
		t.Errorf("%d, %v", n, err)
	}
}

type cancelling struct{ cancel func() }

func (c cancelling) ReadAt(p []byte, _ int64) (int, error) {
	c.cancel()
	return len(p), nil
}
