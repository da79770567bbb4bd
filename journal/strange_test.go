package journal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"
)

// A frame may be whole and hold what no version of this program wrote.
func TestOutcomeThatNobodyWritesIsBelieved(t *testing.T) {
	good := appendOutcome(nil, &Outcome{Row: 1, Status: Done, Size: 5})
	with := func(flags byte) []byte {
		b := append([]byte(nil), good...)
		b[1] = flags // behind the row
		return b
	}
	for name, c := range map[string]struct {
		payload []byte
		want    bool
	}{
		"as it is written":      {good, true},
		"a status of later":     {with(byte(Unverified) | statusHigh), false},
		"no status":             {with(0), false},
		"a callback, not there": {with(byte(Done) | hasCallback), false},
		"done, of unknown size": {appendOutcome(nil, &Outcome{Row: 1, Status: Done, Size: -1}), false},
	} {
		if _, ok := decodeOutcome(c.payload, false); ok != c.want {
			t.Errorf("%s: believed: %v", name, ok)
		}
	}
}

// endless yields zeros, and counts them.
type endless struct{ n int64 }

func (r *endless) Read(b []byte) (int, error) {
	clear(b)
	r.n += int64(len(b))
	return len(b), nil
}

// The length that a header states is not believed before its checksum is, and memory is taken for it.
func TestHeaderTakesAllTheMemoryItStates(t *testing.T) {
	b := append([]byte(magic), make([]byte, preambleSize-len(magic))...)
	binary.LittleEndian.PutUint32(b[12:], maxHeader+1)
	rest := &endless{}
	if _, _, err := readHeader(io.MultiReader(bytes.NewReader(b), rest)); !errors.Is(err, ErrDamaged) || rest.n != 0 {
		t.Errorf("%v, after %d bytes more", err, rest.n)
	}
}
