package journal

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/ingest-dev/ingest/hasher"
)

// part and outcome are of the usual shape: OSS checksums, a hex ETag, no version id.
func part(row int64, number int) Part {
	return Part{
		Row: row, Number: number, Size: 16 << 20, XXH3: uint64(row)<<20 + uint64(number),
		Checksum: hasher.FromUint64(hasher.CRC64ECMA, uint64(number)), ETag: "D41D8CD98F00B204E9800998ECF8427E",
	}
}

func outcome(row int64, status Status) Outcome {
	return Outcome{
		Row: row, Status: status, Size: row, Parts: 1, XXH3: uint64(row), HasXXH3: true, Attempts: 1,
		Checksum: hasher.FromUint64(hasher.CRC64ECMA, uint64(row)), ETag: "D41D8CD98F00B204E9800998ECF8427E",
	}
}

func begun(row int64, id string) Begun {
	return Begun{Row: row, UploadID: id, PartSize: 16 << 20, Source: Source{Device: 1, Inode: uint64(row), Size: 1 << 30}, Time: 1}
}

// The law: a million records a second are appended, so that the journal is never what a run waits for.
func BenchmarkAppendPart(b *testing.B) {
	benchmarkAppend(b, Options{}, func(j *Journal, i int64) error { return j.Append(part(i, 1)) })
}
func BenchmarkAppendOutcome(b *testing.B) {
	benchmarkAppend(b, Options{}, func(j *Journal, i int64) error { return j.Append(outcome(i, Done)) })
}

// BenchmarkAppendAhead is a run's: as many records wait to be written as parts are in flight. From four on the law holds;
// a run with fewer has not so many to append.
func BenchmarkAppendAhead(b *testing.B) {
	for _, ahead := range []int{1, 2, 4, 16, 64, 256} {
		b.Run(strconv.Itoa(ahead), func(b *testing.B) {
			benchmarkAppend(b, Options{Ahead: ahead}, func(j *Journal, i int64) error { return j.Append(part(i, 1)) })
		})
	}
}

func benchmarkAppend(b *testing.B, o Options, add func(*Journal, int64) error) {
	j, _, err := Open(filepath.Join(b.TempDir(), "j"), testJob, o)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	row := int64(0)
	for b.Loop() {
		row++
		if err := add(j, row); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
	if err := j.Remove(); err != nil {
		b.Fatal(err)
	}
}

// bulk writes the frames of n records straight into a file.
func bulk(tb testing.TB, path string, n int64, record func(e *encoder, b []byte, i int64) []byte) {
	tb.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		tb.Fatal(err)
	}
	h := &Header{Version: Version, ID: [16]byte{1}, Job: testJob}
	e := &encoder{seed: h.seed()}
	buf := h.encode()
	for i := int64(1); i <= n; i++ {
		if buf = record(e, buf, i); len(buf) > 1<<20 || i == n {
			if err := writeAll(f, buf); err != nil {
				tb.Fatal(err)
			}
			buf = buf[:0]
		}
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
}

func manyOutcomes(e *encoder, b []byte, i int64) []byte { return e.record(b, outcome(i, Done)) }

// manyParts is files of 998 parts each, a few at a time.
func manyParts(e *encoder, b []byte, i int64) []byte {
	const perRow, lanes = 1000, 4
	lane, k := i%lanes, i/lanes
	row := k/perRow*lanes + lane + 1
	switch k % perRow {
	case 0:
		return e.record(b, begun(row, "0004B9894A22E5B1888A1E29F823"))
	case perRow - 1:
		return e.record(b, outcome(row, Done))
	}
	return e.record(b, part(row, int(k%perRow)))
}

// The law: five million records a second are replayed, so that a job of 10 million rows is taken up within seconds.
func BenchmarkReplayOutcomes(b *testing.B) { benchmarkReplay(b, manyOutcomes) }
func BenchmarkReplayParts(b *testing.B)    { benchmarkReplay(b, manyParts) }

func benchmarkReplay(b *testing.B, record func(*encoder, []byte, int64) []byte) {
	const n = 1_000_000
	path := filepath.Join(b.TempDir(), "j")
	bulk(b, path, n, record)
	b.ReportAllocs()
	for b.Loop() {
		s := &storage{files: disk{}, path: path}
		if err := s.reopen(); err != nil {
			b.Fatal(err)
		}
		if err := s.identify(testJob); err != nil {
			b.Fatal(err)
		}
		if err := s.replay(&replay{}); err != nil {
			b.Fatal(err)
		}
		if err := s.close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkOutcomes is the report's way through the journal: a million rows in their order. The law:
// its memory does not grow with the rows.
func BenchmarkOutcomes(b *testing.B) {
	const n = 1_000_000
	path := filepath.Join(b.TempDir(), "j")
	bulk(b, path, n, func(e *encoder, buf []byte, i int64) []byte { return e.record(buf, outcome(near(i, n), Done)) })
	j, _, err := Open(path, testJob, Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		o, err := j.Outcomes(b.Context(), n)
		if err != nil {
			b.Fatal(err)
		}
		for row := int64(1); row <= n; row++ {
			if out, ok, err := o.Get(row); err != nil || !ok || out.Row != row {
				b.Fatal(row, out, ok, err)
			}
		}
		if err := o.Close(); err != nil {
			b.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		b.Fatal(err)
	}
}

// near shuffles the numbers 1 to n a little, as rows come when many are in flight.
func near(i, n int64) int64 {
	const flight = 64
	if base := (i - 1) / flight * flight; base+flight <= n {
		return base + (i-1-base)*37%flight + 1
	}
	return i
}
