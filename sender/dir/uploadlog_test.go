package dir_test

import (
	"errors"
	"os"
	"slices"
	"testing"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// A power cut can leave any beginning of the log; see TestReplayOfATornLog for every byte.
func TestTornLogIsGoneOnWith(t *testing.T) {
	for _, cut := range []int64{0, 1, 47, 48, 49, 95, 96, 140, 143, 144} {
		u := begin(t)
		u.sendAll()
		if err := os.Truncate(u.file("parts"), cut); err != nil {
			t.Fatal(err)
		}
		u.restart()
		if got, want := u.listed(), []int{1, 2, 3}[:cut/48]; !slices.Equal(got, want) {
			t.Fatalf("cut at %d: parts %v, want %v", cut, got, want)
		}
		u.send(3)
		u.restart()
		u.wantComplete(u.sendAll()...)
	}
}

func TestLogWithZerosBehind(t *testing.T) {
	u := begin(t)
	parts := u.sendAll()
	if err := os.Truncate(u.file("parts"), 4096); err != nil {
		t.Fatal(err)
	}
	u.restart()
	if got := u.listed(); !slices.Equal(got, []int{1, 2, 3}) {
		t.Errorf("parts %v, want all", got)
	}
	parts[1] = u.send(2) // behind the last record, not behind the zeros
	u.restart()
	u.wantComplete(parts...)
}

// See TestReplayOfADamagedLog for every byte.
func TestDamagedLogIsStartedAnew(t *testing.T) {
	for _, at := range []int{0, 100, 191} {
		u := begin(t)
		u.sendAll()
		if _, err := u.try(2, 4, "XXXX"); err != nil {
			t.Fatal(err)
		} // held 1, 2, 3, dropped 2, held 2
		log, err := os.ReadFile(u.file("parts"))
		if err != nil || len(log) != 5*48 {
			t.Fatalf("the log has %d bytes, %v", len(log), err)
		}
		log[at] ^= 1
		if err := os.WriteFile(u.file("parts"), log, 0o600); err != nil {
			t.Fatal(err)
		}
		u.restart()
		if got := u.listed(); len(got) != 0 {
			t.Fatalf("byte %d flipped: parts %v, want none", at, got)
		}
		u.send(1)
		u.restart()
		if got := u.listed(); !slices.Equal(got, []int{1}) {
			t.Fatalf("byte %d flipped: parts %v, want the one that was sent since", at, got)
		}
		u.wantComplete(u.sendAll()...)
	}
}

// From the moment that a part's bytes may be written over, the part is not there, also after a crash.
func TestRewrittenPartIsForgottenFirst(t *testing.T) {
	u := begin(t)
	parts := u.sendAll()
	p := sender.Part{Number: 2, Offset: 4, Payload: sendertest.Payload([]byte("XXXX"), hasher.CRC64NVME)}
	p.Data[0] = 'Y' // is written, and then refused
	if _, err := u.store.SendPart(t.Context(), u.Upload, p); !errors.Is(err, sender.ErrCorrupt) {
		t.Fatalf("error %v, want %v", err, sender.ErrCorrupt)
	}
	for range 2 {
		if got := u.listed(); !slices.Equal(got, []int{1, 3}) {
			t.Errorf("parts %v, want 1 and 3", got)
		}
		if err := u.complete(len(content), parts...); !errors.Is(err, sender.ErrInvalidPart) {
			t.Errorf("Complete: %v, want %v", err, sender.ErrInvalidPart)
		}
		u.restart()
	}
	parts[1] = u.send(2)
	u.wantComplete(parts...)
}

// A part at the wrong place spoils those that are there.
func TestOverlappingPartsAreForgotten(t *testing.T) {
	u := begin(t)
	u.sendAll()
	if _, err := u.try(7, 2, "XXXX"); err != nil {
		t.Fatal(err)
	}
	if got := u.listed(); !slices.Equal(got, []int{3, 7}) {
		t.Errorf("parts %v, want 3 and 7", got)
	}
	u.wantComplete(u.sendAll()...)
}
