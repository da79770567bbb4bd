package pipeline

import (
	"context"
	"iter"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// began lets another program begin an upload of a key, and send those parts of data, which has parts of size bytes.
func (l *lab) began(key string, data []byte, size int, numbers ...int) sender.Upload {
	l.Helper()
	u, err := l.memory.Begin(l.Context(), &sender.Object{Key: key})
	if err != nil {
		l.Fatal(err)
	}
	set := hasher.SetOf(hasher.XXH3, hasher.MD5, l.memory.Wire())
	for _, n := range numbers {
		part := data[(n-1)*size : min(n*size, len(data))]
		p := sender.Part{Number: n, Offset: int64((n - 1) * size), Payload: sender.Payload{Data: part, Sums: hasher.Sum(part, set)}}
		if _, err := l.memory.SendPart(l.Context(), u, p); err != nil {
			l.Fatal(err)
		}
	}
	return u
}

// source makes a file of n bytes, names it in the manifest, and returns its bytes.
func (l *lab) source(name string, n int64) []byte {
	l.Helper()
	l.file(name, n)
	data, err := os.ReadFile(l.path(name))
	if err != nil {
		l.Fatal(err)
	}
	return data
}

// takes has the run adopt an upload for its first row.
func (l *lab) takes(u sender.Upload, size int64) {
	l.adopt.Known = map[int64]Foreign{1: {UploadID: u.ID, PartSize: size}}
}

// want runs the job to its end, and wants that many parts to have been sent, and found.
func (l *lab) want(sent, resumed int64, kind EventKind) {
	l.Helper()
	p := l.finish()
	if p.SentParts != sent || p.ResumedParts != resumed || l.saw(kind) != 1 {
		l.Errorf("%d parts sent, want %d; %d found, want %d; events %+v", p.SentParts, sent, p.ResumedParts, resumed, l.events)
	}
}

// Parts of 4,000 bytes are not those that we would have made; holes and the short last part are theirs.
func TestForeignUploadIsCarriedOnWithoutAProvenPartSentAgain(t *testing.T) {
	l := newLab(t)
	data := l.source("large", 10*4000+7)
	l.takes(l.began("large", data, 4000, 2, 3, 5, 11), 4000)
	l.want(7, 4, Adopted)
}

// A file that we would send in one request is carried on in parts all the same.
func TestForeignUploadOfASmallFileIsCarriedOn(t *testing.T) {
	l := newLab(t)
	data := l.source("small", 1000)
	l.takes(l.began("small", data, 300, 1, 4), 300)
	l.want(2, 2, Adopted)
}

func TestForeignUploadOfOnePartIsFinished(t *testing.T) {
	l := newLab(t)
	data := l.source("one", 1000)
	l.takes(l.began("one", data, 1000, 1), 1000)
	l.want(0, 1, Adopted)
}

// The file changed in two of the parts that were sent. The list says nothing of that; only their bytes do.
func TestForeignPartThatIsNotTheFilesIsSentAgain(t *testing.T) {
	l := newLab(t)
	data := l.source("large", 10*partSize)
	l.takes(l.began("large", data, partSize, 1, 2, 3, 4, 5), partSize)
	data[0] ^= 1
	data[4*partSize-1] ^= 1
	l.write("large", data)
	l.want(7, 3, Adopted)
}

func TestForeignUploadOfAnotherFileIsAbortedAndTheRowBegunAnew(t *testing.T) {
	l := newLab(t)
	l.source("large", 10*partSize)
	l.takes(l.began("large", sendertest.Bytes(99, 10*partSize), partSize, 1, 2, 3), partSize)
	l.want(10, 0, Discarded)
}

func TestForeignUploadWithPartsBeyondTheEndIsAborted(t *testing.T) {
	l := newLab(t)
	data := l.source("large", 10*partSize)
	l.takes(l.began("large", data, partSize, 1, 2, 9), partSize)
	l.write("large", data[:5*partSize+1])
	l.want(6, 0, Discarded)
}

func TestForeignUploadOfAFileThatIsEmptyNowIsAborted(t *testing.T) {
	l := newLab(t)
	data := l.source("large", 10*partSize)
	l.takes(l.began("large", data, partSize, 1, 2), partSize)
	l.write("large", nil)
	l.want(1, 0, Discarded)
}

func TestForeignUploadIsCarriedOnThoughTheFileGrew(t *testing.T) {
	l := newLab(t)
	data := l.source("large", 10*partSize)
	l.takes(l.began("large", data[:5*partSize-7], partSize, 1, 2, 5), partSize)
	l.want(8, 2, Adopted)
}

func TestForeignUploadThatIsGoneIsBegunAnew(t *testing.T) {
	l := newLab(t)
	data := l.source("large", 10*partSize)
	u := l.began("large", data, partSize, 1, 2)
	l.takes(u, partSize)
	if err := l.memory.Abort(t.Context(), u); err != nil {
		t.Fatal(err)
	}
	l.want(10, 0, Forgotten)
}

// stoppedAt runs the job and stops it when the n-th part is about to be sent.
func (l *lab) stoppedAt(n int) (Progress, error) {
	l.Helper()
	var running atomic.Pointer[Runner]
	l.faults.When(sendertest.SendPart, func(i int) sendertest.Fault {
		if i == n {
			running.Load().Stop(errBroken)
		}
		return sendertest.Fault{}
	})
	return l.run(func(r *Runner) { running.Store(r) })
}

// The run is stopped among the parts that it adopts and sends. The next one finds the upload in the journal, and
// sends nothing that is in the store.
func TestStoppedAdoptionGoesOnWhereItWas(t *testing.T) {
	l := newLab(t)
	data := l.source("large", 20*partSize)
	l.takes(l.began("large", data, partSize, 2, 4, 6, 18, 19, 20), partSize)
	first, err := l.stoppedAt(3)
	if err == nil || first.SentParts == 0 || first.SentParts > 10 {
		t.Fatalf("%+v, %v", first, err)
	}
	if p := l.finish(); first.SentParts+p.SentParts != 14 {
		t.Errorf("%d and %d parts were sent, want 14", first.SentParts, p.SentParts)
	}
}

// The store cannot be asked for the parts: the upload is left as it is, for the next run.
func TestForeignUploadSurvivesAStoreThatDoesNotAnswer(t *testing.T) {
	l := newLab(t)
	data := l.source("large", 10*partSize)
	l.takes(l.began("large", data, partSize, 1, 2), partSize)
	l.faults.On(sendertest.Parts, sendertest.Fault{Fail: errBroken}, 1)
	if p, err := l.run(); err != nil || p.Failed != 1 || l.memory.OpenUploads() != 1 {
		t.Fatalf("%+v, %v, %d open", p, err, l.memory.OpenUploads())
	}
	l.want(8, 2, Adopted)
}

// masked is a store that says other ETags of its parts, as OSS and S3 do of encrypted ones.
type masked struct{ *sendertest.Memory }

func (m *masked) Parts(ctx context.Context, u sender.Upload) iter.Seq2[sender.StoredPart, error] {
	return func(yield func(sender.StoredPart, error) bool) {
		for s, err := range m.Memory.Parts(ctx, u) {
			s.ETag = strings.Repeat("A", 32)
			if !yield(s, err) {
				return
			}
		}
	}
}

func TestPartsWithoutAnyProofAreSentAgain(t *testing.T) {
	l := newLabOn(t, sendertest.NewMemoryWith(sendertest.MemoryOptions{NoChecksum: true}))
	l.faults = sendertest.NewFaults(&masked{l.memory})
	data := l.source("large", 10*partSize)
	l.takes(l.began("large", data, partSize, 1, 2, 3), partSize)
	p, err := l.run()
	if err != nil || p.SentParts != 10 || p.ResumedParts != 0 || l.saw(Discarded) != 1 {
		t.Errorf("%+v, %v, %+v", p, err, l.events)
	}
	l.same("large", "large")
}

func TestWhatProvesAPart(t *testing.T) {
	bytes := sendertest.Bytes(1, 1000)
	sums := hasher.Sum(bytes, hasher.SetOf(hasher.XXH3, hasher.MD5, hasher.CRC64ECMA, hasher.CRC32C))
	md5, crc, weak := sums.Get(hasher.MD5).Hex(), sums.Get(hasher.CRC64ECMA), sums.Get(hasher.CRC32C)
	other := hasher.FromUint64(hasher.CRC64ECMA, crc.Uint64()^1)
	for _, c := range []struct {
		name string
		etag string
		sum  hasher.Checksum
		want bool
	}{
		{"MD5 and CRC-64", md5, crc, true},
		{"MD5 in capitals alone", strings.ToUpper(md5), hasher.Checksum{}, true},
		{"CRC-64 of an encrypted part", "0123456789ABCDEF0123456789ABCDEF", crc, true},
		{"MD5, but another CRC-64", md5, other, false},
		{"a checksum that was not taken, and MD5", md5, hasher.FromUint64(hasher.CRC64NVME, 1), true},
		{"a checksum that was not taken", "x", hasher.FromUint64(hasher.CRC64NVME, 1), false},
		{"32 bits are no proof", "x", weak, false},
		{"32 bits contradict", md5, hasher.FromUint64(hasher.CRC32C, weak.Uint64()^1), false},
		{"nothing", "", hasher.Checksum{}, false},
		{"another MD5", strings.Repeat("0", 32), hasher.Checksum{}, false},
	} {
		if got := proves(sums, sender.StoredPart{ETag: c.etag, Checksum: c.sum}); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if proves(hasher.Sums{}, sender.StoredPart{}) {
		t.Error("no sums prove a part of which nothing is said")
	}
}

func TestAppraisalSendsNothing(t *testing.T) {
	l := newLab(t)
	data := l.source("large", 10*partSize)
	l.takes(l.began("large", data, partSize, 1, 2, 3), partSize)
	data[0] ^= 1
	l.write("large", data)
	l.with(func(job Job) {
		all, err := Appraise(t.Context(), job)
		if err != nil || len(all) != 1 || all[0].Parts != 10 || all[0].Listed != 3 || all[0].Proven != 2 || all[0].Bytes != 2*partSize || all[0].Err != nil {
			t.Errorf("%+v, %v", all, err)
		}
	})
	if l.faults.Calls(sendertest.SendPart) != 0 || l.memory.OpenUploads() != 1 {
		t.Error("it sent something")
	}
	l.want(8, 2, Adopted)
}

// picky is a store that refuses our parts of the first upload that was begun there.
type picky struct {
	*sendertest.Memory
	first sender.Upload
}

func (p *picky) SendPart(ctx context.Context, u sender.Upload, part sender.Part) (sender.Receipt, error) {
	if u == p.first {
		return sender.Receipt{}, &sender.Error{Op: "send part", Kind: sender.GiveUp, Code: "PartNotSequential", Status: 400}
	}
	return p.Memory.SendPart(ctx, u, part)
}

// OSS has uploads whose parts must come in order, S3 those that take a checksum which we do not have. The row is not
// stuck with one.
func TestForeignUploadThatTakesNoneOfOurPartsIsLeft(t *testing.T) {
	for name, take := range map[string]func(l *lab, u sender.Upload){
		"by its id":    func(l *lab, u sender.Upload) { l.takes(u, partSize) },
		"by searching": func(l *lab, _ sender.Upload) { l.adopt.Search = true },
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			data := l.source("large", 10*partSize)
			u := l.began("large", data, partSize, 1, 2, 3)
			l.faults = sendertest.NewFaults(&picky{l.memory, u})
			take(l, u)
			p, err := l.run()
			if err != nil || p.Done != 1 || p.SentParts != 10 || l.saw(Spared) != 1 || l.memory.OpenUploads() != 1 {
				t.Errorf("%+v, %v, %+v", p, err, l.events)
			}
			l.same("large", "large")
		})
	}
}

// What was adopted is the journal's own from then on: the next run needs to be told of nothing.
func TestStoppedAdoptionIsTheJournalsOwn(t *testing.T) {
	l := newLab(t)
	data := l.source("large", 20*partSize)
	l.takes(l.began("large", data, partSize, 1, 2, 3, 4, 5, 6), partSize)
	first, err := l.stoppedAt(3)
	if err == nil || first.ResumedParts == 0 {
		t.Fatalf("%+v, %v", first, err)
	}
	l.adopt = Adopt{}
	if p, known := l.finish(), first.ResumedParts+first.SentParts; p.SentParts != 20-known {
		t.Errorf("%d parts were sent, though the journal knew %d of 20", p.SentParts, known)
	}
}

// The object became visible, and the process died before it could note that. It is known again by its parts, adopted
// or not, as their file is that of the journal.
func TestAdoptedAndCompletedButNotNotedIsNotSentAgain(t *testing.T) {
	l := newLab(t)
	data := l.source("large", 10*partSize)
	l.takes(l.began("large", data, partSize, 1, 2, 3), partSize)
	ctx, cancel := context.WithCancel(t.Context())
	l.faults.When(sendertest.Complete, func(int) sendertest.Fault {
		cancel()
		return sendertest.Fault{Lose: true}
	})
	if p, err := l.runUnder(ctx); err == nil || p.SentParts != 7 {
		t.Fatalf("%+v, %v", p, err)
	}
	if p := l.finish(); p.SentParts != 0 {
		t.Errorf("%+v", p)
	}
}
