package journal

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/ingest-dev/ingest/hasher"
	"pgregory.net/rapid"
)

func frameSize(r Record) int { return len((&encoder{}).record(nil, r)) }

func anySum(t *rapid.T) hasher.Checksum {
	a := hasher.Algorithm(rapid.IntRange(0, 6).Draw(t, "algorithm"))
	if a == hasher.None {
		return hasher.Checksum{}
	}
	c, err := hasher.FromBytes(a, rapid.SliceOfN(rapid.Byte(), a.Size(), a.Size()).Draw(t, "sum"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func anyTag(t *rapid.T) string {
	return rapid.OneOf(
		rapid.StringMatching(`[0-9a-f]{32}`), rapid.StringMatching(`[0-9A-F]{32}`), rapid.StringMatching(`[0-9a-fA-F]{0,40}`),
		rapid.StringMatching(`[0-9a-f]{32}-[0-9]{1,4}`), rapid.StringN(0, 100, MaxETag),
	).Draw(t, "etag")
}

func anyFailure(t *rapid.T) *Failure {
	if rapid.Bool().Draw(t, "no failure") {
		return nil
	}
	s := func(n int) string { return rapid.StringN(0, -1, failureBounds[n]).Draw(t, "text") }
	return &Failure{Op: s(0), Code: s(1), Message: s(2), RequestID: s(3), HostID: s(4), EC: s(5)}
}

func anyRecord(t *rapid.T) Record {
	row := rapid.Int64Range(1, MaxRow).Draw(t, "row")
	size := rapid.Int64Range(0, 1<<63-1).Draw(t, "size")
	switch rapid.IntRange(1, 4).Draw(t, "kind") {
	case 1:
		return Begun{Row: row, UploadID: rapid.StringN(0, -1, MaxUploadID).Draw(t, "id"), PartSize: size, Time: rapid.Int64().Draw(t, "time"),
			Source: Source{Device: rapid.Uint64().Draw(t, "device"), Inode: rapid.Uint64().Draw(t, "inode"), Size: size,
				Modified: rapid.Int64().Draw(t, "modified"), Changed: rapid.Int64().Draw(t, "changed")}}
	case 2:
		return Part{Row: row, Number: rapid.IntRange(1, MaxPart).Draw(t, "number"), Size: size,
			XXH3: rapid.Uint64().Draw(t, "xxh3"), Checksum: anySum(t), ETag: anyTag(t)}
	case 3:
		return Dropped{Row: row}
	}
	o := Outcome{Row: row, Status: rapid.SampledFrom(statuses[:]).Draw(t, "status"), Size: size, Parts: rapid.IntRange(0, MaxPart).Draw(t, "parts"),
		HasXXH3: rapid.Bool().Draw(t, "has"), Checksum: anySum(t), ETag: anyTag(t), VersionID: rapid.StringN(0, -1, MaxVersion).Draw(t, "version"),
		Attempts: rapid.IntRange(0, MaxPart).Draw(t, "attempts"), Failure: anyFailure(t),
		Callback: rapid.StringN(0, -1, 300).Draw(t, "callback")}
	o.Compared = o.Status == Done && rapid.Bool().Draw(t, "compared")
	if o.HasXXH3 {
		o.XXH3 = rapid.Uint64().Draw(t, "xxh3")
	}
	return o
}

func TestEveryRecordComesBackAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyRecord(t)
		if err := check(r); err != nil {
			t.Fatal(err)
		}
		payload := appendPayload(nil, r)
		if len(payload) > maxPayload {
			t.Fatalf("a payload of %d bytes", len(payload))
		}
		back, ok := decodeRecord(kindOf(r), payload)
		if !ok || !reflect.DeepEqual(r, back) {
			t.Fatalf("%+v came back as %+v", r, back)
		}
		for n := range payload {
			if _, ok := decodeRecord(kindOf(r), payload[:n]); ok {
				t.Fatalf("%d of %d bytes are taken for all", n, len(payload))
			}
		}
		if _, ok := decodeRecord(kindOf(r), append(payload, 0)); ok {
			t.Fatal("a byte too many is overlooked")
		}
	})
}

func TestHeaderComesBackAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := &Header{Version: Version, Created: time.Unix(0, rapid.Int64().Draw(t, "created")), Tool: rapid.StringN(0, -1, maxTool).Draw(t, "tool"), Job: Job{
			Rows: rapid.Int64().Draw(t, "rows"), Target: rapid.StringN(0, -1, maxJobText).Draw(t, "target"), Root: rapid.String().Draw(t, "root"),
		}}
		copy(h.ID[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
		b := h.encode()
		back, size, err := readHeader(bytes.NewReader(b))
		if err != nil || size != int64(len(b)) || back.ID != h.ID || back.Tool != h.Tool || back.Job != h.Job || !back.Created.Equal(h.Created) {
			t.Fatalf("%+v came back as %+v, %v", h, back, err)
		}
	})
}

func TestRecordsAreAsSmallAsPromised(t *testing.T) {
	const tag = "9e107d9d372bb6826bd81d3542a419d6"
	sums := map[string]hasher.Checksum{"none": {}, "crc": hasher.FromUint64(hasher.CRC64ECMA, 1<<63)}
	sha, err := hasher.FromBytes(hasher.SHA256, make([]byte, 32))
	must(t, err)
	sums["sha256"] = sha
	for name, sum := range sums {
		for _, etag := range []string{tag, strings.ToUpper(tag)} {
			p := Part{Row: MaxRow, Number: MaxPart, Size: 1<<63 - 1, XXH3: 1 << 63, Checksum: sum, ETag: etag}
			if n := frameSize(p); n > 128 {
				t.Errorf("a part takes %d bytes (%s)", n, name)
			}
			o := Outcome{Row: MaxRow, Status: Done, Size: 5 << 30, Parts: 1, XXH3: 1 << 63, HasXXH3: true, Checksum: sum, ETag: etag, Attempts: 100}
			if n := frameSize(o); n > 96 {
				t.Errorf("an outcome takes %d bytes (%s)", n, name)
			}
		}
	}
	usual := Part{Row: 1e6, Number: 10000, Size: 16 << 20, XXH3: 1, Checksum: sums["crc"], ETag: tag}
	t.Log("usual part", frameSize(usual), "usual outcome", frameSize(outcome(1e6, Done)), "largest part", frameSize(
		Part{Row: MaxRow, Number: MaxPart, Size: 1<<63 - 1, Checksum: sha, ETag: tag}))
}

func TestLargestRecordFits(t *testing.T) {
	long := strings.Repeat("x", 4096)
	sha, err := hasher.FromBytes(hasher.SHA256, make([]byte, 32))
	must(t, err)
	o := Outcome{
		Row: MaxRow, Status: Failed, Size: 1<<63 - 1, Parts: MaxPart, XXH3: 1, HasXXH3: true, Checksum: sha, ETag: long[:MaxETag],
		VersionID: long[:MaxVersion], Attempts: MaxPart, Failure: &Failure{long, long, long, long, long, long},
		Callback: long,
	}
	must(t, check(o))
	if n := frameSize(o); n > maxFrame {
		t.Fatal(n, "bytes")
	}
}

func TestFailureIsCutBetweenCharacters(t *testing.T) {
	o := outcome(1, Failed)
	o.Failure = &Failure{Op: strings.Repeat("ä", 100), Message: strings.Repeat("€", 1000)}
	back, ok := decodeOutcome(appendPayload(nil, o), false)
	if !ok || back.Failure.Op != strings.Repeat("ä", 16) || back.Failure.Message != strings.Repeat("€", 341) {
		t.Fatalf("%+v", back.Failure)
	}
	if s := cut(strings.Repeat("\x80", 50), 32); len(s) > 32 || utf8.ValidString(s) && s != "" {
		t.Fatalf("%q", s)
	}
}

func TestRecordOutOfBoundsIsRefused(t *testing.T) {
	j, _, err := Temporary(testJob, Options{})
	must(t, err)
	long := strings.Repeat("x", 1025)
	bad := hasher.Checksum{Algorithm: 99}
	for _, r := range []Record{
		nil, Dropped{}, Dropped{-1}, Dropped{MaxRow + 1}, Begun{}, Part{Row: 1}, Part{Number: 1},
		Begun{Row: 1, UploadID: long}, Begun{Row: 1, PartSize: -1}, Begun{Row: 1, Source: Source{Size: -1}},
		Part{Row: 1, Number: 1, Size: -1}, Part{Row: 1, Number: MaxPart + 1}, Part{Row: 1, Number: 1, ETag: long},
		Part{Row: 1, Number: 1, Checksum: bad}, Outcome{Row: 1}, Outcome{Row: 1, Status: Kept + 1}, Outcome{Status: Done},
		Outcome{Row: 1, Status: Kept, Compared: true},
		Outcome{Row: 1, Status: Done, Size: -1}, Outcome{Row: 1, Status: Failed, Size: -2}, Outcome{Row: 1, Status: Done, Parts: -1},
		Outcome{Row: 1, Status: Done, Attempts: -1}, Outcome{Row: 1, Status: Done, ETag: long},
		Outcome{Row: 1, Status: Done, VersionID: long}, Outcome{Row: 1, Status: Done, Checksum: bad},
	} {
		if err := j.Append(r); !errors.Is(err, ErrRecord) {
			t.Errorf("%+v: %v", r, err)
		}
	}
	must(t, j.Append(Outcome{Row: 1, Status: Failed, Size: -1}))
	must(t, j.Close())
}

func TestStatusNames(t *testing.T) {
	if Done.String() != "done" || Failed.String() != "failed" || Unverified.String() != "unverified" ||
		CallbackFailed.String() != "callback_failed" || Kept.String() != "kept" || Status(0).String() != "status(0)" || Status(9).String() != "status(9)" {
		t.Fatal("a name has changed")
	}
}

func TestCounterCountsLikeAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c counter
		plain := map[uint32]int{}
		for range rapid.IntRange(0, 200).Draw(t, "steps") {
			row := rapid.Uint32Range(0, 4).Draw(t, "row")
			if rapid.IntRange(0, 2).Draw(t, "add") > 0 {
				c.add(row)
				plain[row]++
				continue
			}
			if took := c.clone().take(row); took != (plain[row] > 0) || took != c.take(row) {
				t.Fatalf("row %d: took %v of %d", row, took, plain[row])
			}
			plain[row] = max(0, plain[row]-1)
		}
	})
}
