package journal

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func scan(t *testing.T, b []byte) (items []Item, err error) {
	t.Helper()
	for item, e := range Scan(iotest.OneByteReader(bytes.NewReader(b))) {
		if e != nil {
			return items, e
		}
		items = append(items, item)
	}
	return items, nil
}

func TestScanShowsEveryByteOfADamagedJournal(t *testing.T) {
	records := []Record{begun(1, "a"), part(1, 1), part(1, 2), outcome(1, Done), Dropped{2}}
	b, offsets := image(records)
	b = slices.Concat(b[:offsets[1]], []byte("garbage"), b[offsets[2]:], b[offsets[0]:offsets[1]], []byte("torn"))
	items, err := scan(t, b)
	must(t, err)
	var problems []string
	at := int64(0)
	for _, item := range items {
		if item.Offset != at {
			t.Fatalf("%+v, want offset %d", item, at)
		}
		at += item.Bytes
		if item.Problem != "" {
			problems = append(problems, item.Problem)
		}
	}
	if at != int64(len(b)) || items[0].Header == nil || items[0].Header.Job != testJob {
		t.Fatalf("%d of %d bytes, %+v", at, len(b), items[0])
	}
	want := "bytes that belong to no record|records 2 to 2 are missing before it|it lies behind a later record and is not believed|torn end"
	if got := strings.Join(problems, "|"); got != want {
		t.Fatal(got)
	}
	if items[1].Record != records[0] || items[3].Record != records[2] || items[5].Record != records[4] {
		t.Fatalf("%+v", items)
	}
}

func TestScanStopsAtAHeaderThatIsNone(t *testing.T) {
	b, _ := image(nil)
	b[20] ^= 1
	if items, err := scan(t, b); !errors.Is(err, ErrDamaged) || len(items) != 0 {
		t.Fatal(items, err)
	}
	if items, err := scan(t, nil); !errors.Is(err, ErrFormat) || len(items) != 0 {
		t.Fatal(items, err)
	}
}

func TestScanPassesTheSourcesErrorOn(t *testing.T) {
	b, offsets := image([]Record{begun(1, "a"), outcome(1, Done)})
	for _, n := range []int{3, 40, offsets[0], offsets[1], len(b) - 1} {
		boom := errors.New("boom")
		var last error
		for _, err := range Scan(io.MultiReader(bytes.NewReader(b[:n]), iotest.ErrReader(boom))) {
			last = err
		}
		if !errors.Is(last, boom) {
			t.Fatalf("after %d bytes: %v", n, last)
		}
	}
	for _, err := range Scan(io.MultiReader(bytes.NewReader(b), nothing{})) {
		if err != nil && !errors.Is(err, io.ErrNoProgress) {
			t.Fatal(err)
		}
	}
}

// nothing never has anything to read, and never says so.
type nothing struct{}

func (nothing) Read([]byte) (int, error) { return 0, nil }

func TestScanStopsWhenAsked(t *testing.T) {
	b, _ := image([]Record{begun(1, "a"), outcome(1, Done)})
	b = append(b, "torn"...)
	for n := 1; n <= 4; n++ {
		left := n
		for range Scan(bytes.NewReader(b)) {
			if left--; left == 0 {
				break
			}
		}
	}
}
