package dir

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/ingest-dev/ingest/hasher"
)

const testID = "0123456789abcdef0123456789abcdef"

// testLog returns a log: parts 1, 2 and 3 are held, 2 is dropped and held again.
func testLog() []byte {
	var b []byte
	for i, kind := range []int{held, held, held, dropped, held} {
		n := []int{1, 2, 3, 2, 2}[i]
		sum := hasher.FromUint64(wire, uint64(1000*i))
		b = record{number: n, offset: int64(n-1) * 100, size: 100, sum: sum}.encode(b, kind, i, testID)
	}
	return b
}

func replayed(b []byte) *partLog {
	l := &partLog{id: testID}
	l.replay(b)
	return l
}

func numbers(l *partLog) []int { return slices.Sorted(maps.Keys(l.parts)) }

func TestReplay(t *testing.T) {
	l := replayed(testLog())
	if got := numbers(l); !slices.Equal(got, []int{1, 2, 3}) || l.parts[2].sum.Uint64() != 4000 || l.ragged || l.next != 5 {
		t.Errorf("log %+v", l)
	}
}

// A power cut can leave any beginning of a log.
func TestReplayOfATornLog(t *testing.T) {
	log := testLog()
	want := [][]int{{}, {1}, {1, 2}, {1, 2, 3}, {1, 3}, {1, 2, 3}}
	for cut := range len(log) + 1 {
		for name, b := range map[string][]byte{
			"cut":    log[:cut:cut],
			"zeroed": append(log[:cut:cut], make([]byte, len(log)-cut)...),
		} {
			whole := cut / recordSize
			if name == "zeroed" && slices.Equal(b[:min(len(log), (whole+1)*recordSize)], log[:min(len(log), (whole+1)*recordSize)]) {
				whole = min(whole+1, len(want)-1) // what was zeroed was zero
			}
			if got := numbers(replayed(b)); !slices.Equal(got, want[whole]) {
				t.Fatalf("%s at %d: parts %v, want %v", name, cut, got, want[whole])
			}
		}
	}
}

// Damage may hide that a part was written over. Of a log that is damaged before its end, nothing is believed; at its
// end, damage cannot be told from a record that was never written.
func TestReplayOfADamagedLog(t *testing.T) {
	for at := range testLog() {
		for bit := range 8 {
			b := testLog()
			b[at] ^= 1 << bit
			want := []int{}
			if at >= 4*recordSize {
				want = []int{1, 3}
			}
			l := replayed(b)
			if got := numbers(l); !slices.Equal(got, want) || !l.ragged {
				t.Fatalf("bit %d of byte %d: parts %v, want %v", bit, at, got, want)
			}
		}
	}
}

// Records that were swapped, left out or doubled are at the wrong position.
func TestReplayOfAReorderedLog(t *testing.T) {
	log := testLog()
	of := func(order ...int) (b []byte) {
		for _, i := range order {
			b = append(b, log[i*recordSize:][:recordSize]...)
		}
		return b
	}
	for _, order := range [][]int{
		{1, 0, 2, 3, 4}, {0, 1, 2, 4, 3}, {0, 2, 1, 3, 4}, {0, 1, 2, 4}, {1, 2, 3, 4}, {0, 1, 2, 3, 4, 4}, {0, 1, 2, 2, 3, 4},
	} {
		if got := numbers(replayed(of(order...))); len(got) != 0 {
			t.Errorf("order %v: parts %v, want none", order, got)
		}
	}
}

// What lies behind damage is not the end of the log, whatever its position.
func TestReplayBehindATornRecord(t *testing.T) {
	log := testLog()
	b := slices.Concat(log[:recordSize], make([]byte, recordSize), log[recordSize:2*recordSize])
	if got := numbers(replayed(b)); len(got) != 0 {
		t.Errorf("parts %v, want none", got)
	}
}

func TestReplayOfAnotherUploadsLog(t *testing.T) {
	l := &partLog{id: "ffffffffffffffffffffffffffffffff"}
	if l.replay(testLog()); len(l.parts) != 0 {
		t.Errorf("parts %v, want none", numbers(l))
	}
}

func FuzzReplay(f *testing.F) {
	f.Add(testLog())
	f.Add(testLog()[:100])
	f.Fuzz(func(t *testing.T, b []byte) {
		l := replayed(b)
		if l.next*recordSize > len(b) || len(l.parts) > l.next {
			t.Errorf("%d records and %d parts of %d bytes", l.next, len(l.parts), len(b))
		}
	})
}

// A call that waits for another one's range ends with its context.
func TestClaimEndsWithContext(t *testing.T) {
	u := &upload{}
	first, err := u.claim(t.Context(), record{number: 1, size: 10})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := u.claim(ctx, everything); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
	if _, err := u.claim(ctx, record{number: 2, offset: 10, size: 10}); err != nil {
		t.Errorf("a range beside it: %v", err)
	}
	u.release(first)
	if _, err := u.claim(ctx, record{number: 1, size: 10}); err != nil {
		t.Errorf("after the release: %v", err)
	}
}
