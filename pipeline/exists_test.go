package pipeline

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// foreign puts another writer's object of n bytes under a key.
func (l *lab) foreign(key string, n int64) {
	l.Helper()
	data := sendertest.Bytes(4711, n)
	if _, err := l.memory.Put(l.Context(), &sender.Object{Key: key, Size: n}, sendertest.Payload(data)); err != nil {
		l.Fatal(err)
	}
}

// isForeign wants the other writer's object to be there as it was.
func (l *lab) isForeign(key string, n int64) {
	l.Helper()
	got, err := l.memory.Read(key)
	if err != nil || string(got) != string(sendertest.Bytes(4711, n)) {
		l.Errorf("%q was touched: %d bytes, %v", key, len(got), err)
	}
}

// sizes are those of a row that is one request, and of one that is an upload.
var sizes = map[string]int64{"small": 100, "large": 10*partSize + 5}

// taken makes rows of both sizes, under whose keys another writer has objects.
func (l *lab) taken() {
	l.Helper()
	for name, n := range sizes {
		l.file(name, n)
		l.foreign(name, n)
	}
}

func TestSkippedObjectsAreLeftAloneWithoutALook(t *testing.T) {
	l := newLab(t)
	l.options.IfExists = Skip
	l.taken()
	l.file("missing", 300)
	p, err := l.run()
	if err != nil || p.Kept != 2 || p.Done != 1 || p.Settled() != 3 || p.SentParts != 1 || p.Bytes != 300 {
		t.Fatalf("%+v, %v", p, err)
	}
	for name, n := range sizes {
		l.isForeign(name, n)
	}
	for _, line := range l.report() {
		if want := line.Key != "missing"; want != (line.Status == "kept") || want && (line.CRC64ECMA != "" || line.Parts != 0) {
			t.Errorf("%+v", line)
		}
	}
	l.memory = sendertest.NewMemory() // a row that was kept is not looked at again
	if p, err := l.run(); err != nil || p.Kept != 2 || p.Skipped != 1 || p.SentParts != 0 {
		t.Errorf("again: %+v, %v", p, err)
	}
}

// late is a store to which another writer comes first, after Head and before the object is made.
type late struct {
	*sendertest.Memory
	come func(key string)
}

func (l *late) Put(ctx context.Context, o *sender.Object, p sender.Payload) (sender.Receipt, error) {
	l.come(o.Key)
	return l.Memory.Put(ctx, o, p)
}

func (l *late) Complete(ctx context.Context, u sender.Upload, o *sender.Object, c sender.Completion) (sender.Receipt, error) {
	l.come(o.Key)
	return l.Memory.Complete(ctx, u, o, c)
}

func TestWriterWhoComesFirstIsNotReplaced(t *testing.T) {
	for _, rule := range []IfExists{Skip, Fail} {
		t.Run(rule.String(), func(t *testing.T) {
			l := newLab(t)
			l.options.IfExists = rule
			for name, n := range sizes {
				l.file(name, n)
			}
			l.faults = sendertest.NewFaults(&late{l.memory, func(key string) { l.foreign(key, sizes[key]) }})
			p, err := l.run()
			if err != nil || p.Done != 0 || rule == Skip && p.Kept != 2 || rule == Fail && p.Failed != 2 {
				t.Fatalf("%+v, %v", p, err)
			}
			for name, n := range sizes {
				l.isForeign(name, n)
			}
			for _, line := range l.report() {
				if rule == Fail && line.Error.Code != "FileAlreadyExists" || rule == Skip && line.CRC64ECMA != "" {
					t.Errorf("%+v %+v", line, line.Error)
				}
			}
			if l.memory.OpenUploads() != 0 {
				t.Error("an upload is left open")
			}
		})
	}
}

func TestSameObjectIsNotSentAgain(t *testing.T) {
	for name, store := range map[string]sendertest.MemoryOptions{
		"crc64ecma": {}, "crc64nvme": {Wire: hasher.CRC64NVME}, "md5": {Wire: hasher.MD5},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLabOn(t, sendertest.NewMemoryWith(store))
			l.options.IfExists = SkipSame
			for name, n := range sizes {
				l.file(name, n)
				if _, err := l.memory.Put(t.Context(), &sender.Object{Key: name, Size: n}, sendertest.Payload(sendertest.Bytes(uint64(len(name))+uint64(n), n))); err != nil {
					t.Fatal(err)
				}
			}
			p := l.finish()
			if p.SentParts != 0 || l.faults.Calls(sendertest.Begin)+l.faults.Calls(sendertest.Put) != 0 {
				t.Errorf("%+v", p)
			}
			for _, line := range l.report() {
				if line.Compared != "size, "+name || line.XXH3 == "" || line.ETag == "" {
					t.Errorf("%+v", line)
				}
			}
		})
	}
}

func TestObjectThatDiffersIsReplaced(t *testing.T) {
	l := newLab(t)
	l.options.IfExists = SkipSame
	l.file("size", 100)
	l.foreign("size", 99)
	l.file("bytes", 10*partSize)
	l.foreign("bytes", 10*partSize)
	if p := l.finish(); p.SentParts != 11 {
		t.Errorf("%+v", p)
	}
	for _, line := range l.report() {
		if line.Compared != "" {
			t.Errorf("%+v", line)
		}
	}
}

// The ETag of an object of one request is its MD5; that of others tells nothing.
func TestObjectWithoutAChecksumIsComparedByItsMD5OrReplaced(t *testing.T) {
	l := newLabOn(t, sendertest.NewMemoryWith(sendertest.MemoryOptions{NoChecksum: true}))
	l.options.IfExists = SkipSame
	for name, n := range sizes {
		l.file(name, n)
	}
	if p, err := l.run(); err != nil || p.Unverified != 2 {
		t.Fatalf("%+v, %v", p, err)
	}
	if err := os.Remove(l.path("journal")); err != nil {
		t.Fatal(err)
	}
	p, err := l.run()
	if err != nil || p.Done != 1 || p.Unverified != 1 || p.SentParts != 11 || l.saw(Incomparable) != 1 {
		t.Errorf("%+v, %v, %d incomparable", p, err, l.saw(Incomparable))
	}
}

func TestStatedChecksumIsComparedThoughNothingIsSent(t *testing.T) {
	l := newLab(t)
	l.options.IfExists = SkipSame
	l.file("f", 100, `"checksum":"md5:d41d8cd98f00b204e9800998ecf8427e"`)
	if _, err := l.memory.Put(t.Context(), &sender.Object{Key: "f", Size: 100}, sendertest.Payload(sendertest.Bytes(101, 100))); err != nil {
		t.Fatal(err)
	}
	l.failure("ChecksumMismatch")
}

func TestConflictFailsTheRowBeforeItsBytesAreSent(t *testing.T) {
	l := newLab(t)
	l.options.IfExists = Fail
	l.taken()
	for range 2 { // the next run does not take it for its own either
		p, err := l.run()
		if err != nil || p.Failed != 2 || p.SentParts != 0 || l.faults.Calls(sendertest.SendPart) != 0 {
			t.Fatalf("%+v, %v", p, err)
		}
	}
	for name, n := range sizes {
		l.isForeign(name, n)
	}
}

// An object of the very same bytes is a conflict too.
func TestConflictWithTheSameBytesFails(t *testing.T) {
	for _, noToken := range []bool{false, true} {
		l := newLab(t)
		l.options.IfExists, l.options.NoToken = Fail, noToken
		l.file("f", 100)
		if _, err := l.memory.Put(t.Context(), &sender.Object{Key: "f", Size: 100}, sendertest.Payload(sendertest.Bytes(101, 100))); err != nil {
			t.Fatal(err)
		}
		l.failure("FileAlreadyExists")
		l.failure("FileAlreadyExists")
	}
}

func TestObjectsThatAreToBeNewCarryATokenUnlessTold(t *testing.T) {
	for rule, want := range map[IfExists]string{Overwrite: "", SkipSame: "", Skip: "any", Fail: "any"} {
		for _, noToken := range []bool{false, true} {
			l := newLab(t)
			l.options.IfExists, l.options.NoToken = rule, noToken
			for name, n := range sizes {
				l.file(name, n)
			}
			l.finish()
			for name := range sizes {
				if token := l.wantToken(name, "any"); (token != "") != (want != "" && !noToken) {
					t.Errorf("%s, no token %t: %q", rule, noToken, token)
				}
			}
		}
	}
}

// dies runs the job until the store has made the only row's object, and ends before anybody knows.
func (l *lab) dies(op sendertest.Op) {
	l.Helper()
	ctx, cancel := context.WithCancel(l.Context())
	usual := l.faults
	defer func() { l.faults = usual }()
	lose := func(int) sendertest.Fault { return sendertest.Fault{Lose: true} }
	l.faults = sendertest.NewFaults(&ending{l.memory, cancel}).When(op, lose)
	if _, err := l.runUnder(ctx); !errors.Is(err, ErrStopped) || len(l.memory.Keys()) != 1 {
		l.Fatalf("%v, objects %v", err, l.memory.Keys())
	}
}

// ending is a store that ends the run with each object that it makes.
type ending struct {
	*sendertest.Memory
	end func()
}

func (e *ending) Put(ctx context.Context, o *sender.Object, p sender.Payload) (sender.Receipt, error) {
	defer e.end()
	return e.Memory.Put(ctx, o, p)
}

func (e *ending) Complete(ctx context.Context, u sender.Upload, o *sender.Object, c sender.Completion) (sender.Receipt, error) {
	defer e.end()
	return e.Memory.Complete(ctx, u, o, c)
}

func TestObjectOfAKilledRunIsItsOwn(t *testing.T) {
	for _, rule := range []IfExists{Skip, Fail} {
		for name, n := range sizes {
			for store, noToken := range map[string]bool{"token": false, "none": true} {
				if noToken && rule == Skip {
					continue // it is kept: nobody can tell
				}
				t.Run(rule.String()+" "+name+" "+store, func(t *testing.T) {
					l := newLab(t)
					l.options.IfExists, l.options.NoToken = rule, noToken
					l.file(name, n)
					op := sendertest.Put
					if n > partSize {
						op = sendertest.Complete
					}
					l.dies(op)
					l.finish()
				})
			}
		}
	}
}

// A source that was touched makes another token: what is there was sent from what the source was before.
func TestObjectOfAnEarlierStateOfTheSourceIsNotTakenForThisOne(t *testing.T) {
	l := newLab(t)
	l.options.IfExists = Fail
	l.file("small", 100)
	l.dies(sendertest.Put)
	l.write("small", sendertest.Bytes(5, 100))
	l.failure("FileAlreadyExists")
}

// What this job has spoilt is its own to repair, whatever the rule.
func TestSpoiltObjectIsReplacedUnderEveryRule(t *testing.T) {
	for _, rule := range []IfExists{Skip, SkipSame, Fail} {
		for name, n := range sizes {
			t.Run(rule.String()+" "+name, func(t *testing.T) {
				for _, bare := range []bool{false, true} {
					l := newLab(t)
					l.options.IfExists, l.options.NoToken = rule, bare
					l.file(name, n)
					op := sendertest.Put
					if n > partSize {
						op = sendertest.SendPart
					}
					l.faults.On(op, sendertest.Fault{Flip: true}, 1)
					l.finish()
				}
			})
		}
	}
}

// The run that spoilt it gave up; the next one finds the object by its token, and does not keep it.
func TestSpoiltObjectOfAnEarlierRunIsReplaced(t *testing.T) {
	for _, rule := range []IfExists{Skip, Fail} {
		for name, n := range sizes {
			t.Run(rule.String()+" "+name, func(t *testing.T) {
				l := newLab(t)
				l.options.IfExists, l.options.Tries = rule, 1
				l.file(name, n)
				op := sendertest.Put
				if n > partSize {
					op = sendertest.SendPart
				}
				l.faults.On(op, sendertest.Fault{Flip: true}, 1)
				if p, err := l.run(); err != nil || p.Failed != 1 {
					t.Fatalf("%+v, %v", p, err)
				}
				l.finish()
			})
		}
	}
}

// A store that knows nothing of conditions is at least asked.
func TestStoreThatReplacesIsAskedFirst(t *testing.T) {
	l := newLabOn(t, sendertest.NewMemoryWith(sendertest.MemoryOptions{Replaces: true}))
	l.options.IfExists, l.options.AskFirst = Fail, true
	l.file("f", 100)
	l.foreign("f", 100)
	l.failure("ObjectExists")
	l.isForeign("f", 100)
}

func TestUploadOfAnEarlierRunIsAbortedForAnObjectThatIsKept(t *testing.T) {
	l := newLab(t)
	l.options.IfExists = Skip
	l.file("large", sizes["large"])
	l.faults.When(sendertest.SendPart, func(n int) sendertest.Fault {
		if n > 3 {
			return sendertest.Fault{Fail: &sender.Error{Kind: sender.StopRun}}
		}
		return sendertest.Fault{}
	})
	if _, err := l.run(); err == nil || l.memory.OpenUploads() != 1 {
		t.Fatal(err)
	}
	l.foreign("large", sizes["large"])
	if p, err := l.run(); err != nil || p.Kept != 1 || l.memory.OpenUploads() != 0 {
		t.Errorf("%+v, %v, %d uploads open", p, err, l.memory.OpenUploads())
	}
	l.isForeign("large", sizes["large"])
}

func TestRulesHaveNames(t *testing.T) {
	for _, rule := range []IfExists{Overwrite, Skip, SkipSame, Fail} {
		if got, err := ParseIfExists(rule.String()); err != nil || got != rule {
			t.Errorf("%s: %v, %v", rule, got, err)
		}
	}
	if _, err := ParseIfExists("never"); err == nil {
		t.Error("there is no such rule")
	}
}

func TestPreviewCountsTheQuestions(t *testing.T) {
	for rule, want := range map[IfExists]int64{Overwrite: 1, Skip: 2, SkipSame: 2, Fail: 1} {
		l := newLab(t)
		l.options.IfExists = rule
		l.file("f", 100)
		l.with(func(job Job) {
			if p, err := Look(t.Context(), job, nil); err != nil || p.Requests != want {
				t.Errorf("%s: %+v, %v", rule, p, err)
			}
		})
	}
}
