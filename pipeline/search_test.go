package pipeline

import (
	"context"
	"iter"
	"os"
	"testing"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// uploads are left open by three others: the one of which most parts match is carried on, the others are left alone.
func TestSearchTakesTheUploadThatMatchesMost(t *testing.T) {
	l := newLab(t)
	l.adopt.Search = true
	data := l.source("large", 10*partSize)
	l.source("large-too", 1)
	l.began("large", data, 3000, 1, 2, 3, 4)
	l.began("large", data, partSize, 1, 2, 3, 4, 5)
	l.began("large", sendertest.Bytes(9, 10*partSize), partSize, 1, 2, 3, 4, 5, 6)
	l.began("large", data, partSize)
	l.began("large-too-long", data, partSize, 1)
	p, err := l.run()
	if err != nil || p.Done != 2 || p.SentParts != 6 || p.ResumedParts != 5 {
		t.Errorf("%+v, %v", p, err)
	}
	if l.saw(Adopted) != 1 || l.saw(Spared) != 3 || l.memory.OpenUploads() != 4 {
		t.Errorf("%d left open, %+v", l.memory.OpenUploads(), l.events)
	}
	l.same("large", "large")
}

func TestSearchThatFindsNothingOfUseBegins(t *testing.T) {
	l := newLab(t)
	l.adopt.Search = true
	l.source("large", 10*partSize)
	l.began("large", sendertest.Bytes(9, 10*partSize), partSize, 1, 2)
	l.began("large", sendertest.Bytes(9, 20*partSize), partSize, 11)
	p, err := l.run()
	if err != nil || p.SentParts != 10 || l.saw(Spared) != 2 || l.memory.OpenUploads() != 2 {
		t.Errorf("%+v, %v, %+v", p, err, l.events)
	}
	l.same("large", "large")
}

func TestWithoutSearchNothingIsLookedFor(t *testing.T) {
	l := newLab(t)
	data := l.source("large", 10*partSize)
	l.began("large", data, partSize, 1, 2)
	if p, err := l.run(); err != nil || p.SentParts != 10 || l.faults.Calls(sendertest.Parts) != 0 {
		t.Errorf("%+v, %v", p, err)
	}
}

// What the other program stated of the object cannot be known, and so not be what the row states.
func TestRowThatStatesMetadataIsNotSearchedFor(t *testing.T) {
	for _, stated := range []string{
		`"content_type":"text/plain"`, `"metadata":{"a":"b"}`, `"tags":{"a":"b"}`, `"storage_class":"IA"`, `"acl":"private"`,
	} {
		l := newLab(t)
		l.adopt.Search = true
		l.file("large", 10*partSize, stated)
		data, err := os.ReadFile(l.path("large"))
		if err != nil {
			t.Fatal(err)
		}
		l.began("large", data, partSize, 1, 2)
		if p, err := l.run(); err != nil || p.SentParts != 10 || l.memory.OpenUploads() != 1 {
			t.Errorf("%s: %+v, %v", stated, p, err)
		}
	}
}

// Whoever sends more parts than the file has is at work on it: the upload was never ours to abort.
func TestUploadThatWasFoundAndGrewIsAborted(t *testing.T) {
	l := newLab(t)
	l.adopt.Search = true
	data := l.source("large", 10*partSize)
	u := l.began("large", data, partSize, 1, 2)
	more := sender.Payload{Data: data[:partSize], Sums: hasher.Sum(data[:partSize], hasher.SetOf(hasher.XXH3, l.memory.Wire()))}
	l.faults.When(sendertest.Parts, func(n int) sendertest.Fault {
		if n == 2 {
			_, err := l.memory.SendPart(t.Context(), u, sender.Part{Number: 11, Offset: 10 * partSize, Payload: more})
			return sendertest.Fault{Fail: err}
		}
		return sendertest.Fault{}
	})
	p, err := l.run()
	if err != nil || p.SentParts != 10 || l.saw(Spared) != 1 || l.memory.OpenUploads() != 1 {
		t.Errorf("%d left open, %+v, %v, %+v", l.memory.OpenUploads(), p, err, l.events)
	}
	l.same("large", "large")
}

func TestUploadOfPartsThatMemoryHasNoRoomForIsLeftAlone(t *testing.T) {
	l := newLab(t)
	l.adopt = Adopt{Search: true, MaxPart: partSize}
	data := l.source("large", 10*partSize)
	l.began("large", data, 2*partSize, 1, 2)
	if p, err := l.run(); err != nil || p.SentParts != 10 || l.saw(Spared) != 1 {
		t.Errorf("%+v, %v", p, err)
	}
}

// The journal is lost, with it all that is known of our own upload: it is found like anybody's.
func TestLostJournalCostsNoPart(t *testing.T) {
	l := newLab(t)
	sent := l.interrupted(10)
	if err := os.Remove(l.path("journal")); err != nil {
		t.Fatal(err)
	}
	l.adopt.Search = true
	if p := l.finish(); p.ResumedParts < sent || l.saw(Adopted) != 1 {
		t.Errorf("%d parts were in the store: %+v", sent, p)
	}
}

// A job that is carried on aborts what it may have begun itself, which has no parts, and nothing of others.
func TestSweepSparesUploadsWithPartsInAJobThatAdopts(t *testing.T) {
	l := newLab(t)
	l.interrupted(10)
	l.adopt.Search = true
	l.began("large", sendertest.Bytes(9, 40*partSize), partSize, 1)
	l.began("large", nil, partSize)
	if p, err := l.run(); err != nil || p.Done != p.Rows || l.saw(Swept) != 1 || l.memory.OpenUploads() != 1 {
		t.Errorf("%+v, %v, %d open", p, err, l.memory.OpenUploads())
	}
}

// Where uploads may not be listed, the row is begun as ever.
func TestSearchThatIsForbiddenBegins(t *testing.T) {
	l := newLab(t)
	l.adopt.Search = true
	l.source("large", 10*partSize)
	l.faults = sendertest.NewFaults(&discreet{l.memory})
	l.finish()
}

// discreet is a store whose uploads may not be listed.
type discreet struct{ *sendertest.Memory }

func (d *discreet) Uploads(context.Context, string) iter.Seq2[sender.OpenUpload, error] {
	return func(yield func(sender.OpenUpload, error) bool) {
		yield(sender.OpenUpload{}, &sender.Error{Op: "list uploads", Kind: sender.GiveUp, Status: 403})
	}
}

func TestLayoutIsDeducedFromWhatIsListed(t *testing.T) {
	limits := sender.Limits{MinPart: 10, MaxParts: 100}
	for _, c := range []struct {
		name  string
		size  int64
		parts map[int]int64
		want  int64
	}{
		{"some", 1005, map[int]int64{1: 100, 7: 100}, 100},
		{"all", 250, map[int]int64{1: 100, 2: 100, 3: 50}, 100},
		{"the last alone", 1005, map[int]int64{11: 5}, 100},
		{"the only one", 50, map[int]int64{1: 50}, 50},
		{"the last, as long as the others", 300, map[int]int64{3: 100}, 100},
		{"one that is too short", 1005, map[int]int64{1: 100, 2: 99}, 0},
		{"a last one that is longer", 1005, map[int]int64{1: 100, 10: 105}, 0},
		{"one beyond the end", 1005, map[int]int64{12: 100}, 0},
		{"the last of a longer file", 1005, map[int]int64{1: 100, 11: 6}, 0},
		{"too many", 1005, map[int]int64{1: 10}, 0},
		{"too small", 50, map[int]int64{1: 9}, 0},
		{"empty", 50, map[int]int64{1: 0}, 0},
	} {
		listed := map[int]sender.StoredPart{}
		var last sender.StoredPart
		for number, n := range c.parts {
			listed[number] = sender.StoredPart{Number: number, Size: n}
			if number > last.Number {
				last = listed[number]
			}
		}
		if got := deduce(listed, last, c.size, limits); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}
