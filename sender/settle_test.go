package sender_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

var (
	lose = sendertest.Fault{Lose: true}               // carried out, no answer
	drop = sendertest.Fault{Fail: sender.ErrNoAnswer} // not carried out, no answer
	down = sendertest.Fault{Fail: busy()}             // not carried out
)

func TestCompleteLost(t *testing.T) {
	for name, c := range map[string]struct {
		options   sendertest.MemoryOptions
		script    func(*sendertest.Faults)
		completes int
		attempts  int
	}{
		"Applied": {
			script:    func(f *sendertest.Faults) { f.On(sendertest.Complete, lose, 1) },
			completes: 1, attempts: 1,
		},
		"NotApplied": {
			script:    func(f *sendertest.Faults) { f.On(sendertest.Complete, drop, 1, 2) },
			completes: 3, attempts: 3,
		},
		"AppliedWhileHeadFails": {
			script: func(f *sendertest.Faults) {
				f.On(sendertest.Complete, lose, 1).On(sendertest.Head, down, 1, 2, 3)
			},
			completes: 1, attempts: 4,
		},
		"AppliedWhileHeadIsLost": {
			script: func(f *sendertest.Faults) {
				f.On(sendertest.Complete, lose, 1).On(sendertest.Head, lose, 1, 2, 3)
			},
			completes: 1, attempts: 4,
		},
		"AppliedWithoutChecksums": {
			options:   sendertest.MemoryOptions{NoChecksum: true},
			script:    func(f *sendertest.Faults) { f.On(sendertest.Complete, lose, 1) },
			completes: 1, attempts: 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(sender.Options{}, c.options)
				c.script(r.faults)
				got, err := r.begin(t, nil).complete(t)
				if err != nil || got.Attempts != c.attempts || got.ETag == "" {
					t.Errorf("receipt %+v, %v, want one of %d attempts", got, err, c.attempts)
				}
				if !c.options.NoChecksum && got.Checksum.IsZero() {
					t.Error("the receipt has no checksum")
				}
				r.wantCalls(t, sendertest.Complete, c.completes)
				r.wantCalls(t, sendertest.SendPart, 2)
				r.wantObject(t, content)
			})
		})
	}
}

// The upload is gone, and what is there is not our object: the caller must hear that the upload is gone.
func TestCompleteOfAGoneUploadWithAnotherObjectThere(t *testing.T) {
	for name, other := range map[string]string{"nothing": "", "other size": "short", "other bytes": "01234abcdX"} {
		t.Run(name, func(t *testing.T) {
			r := newRig(sender.Options{}, sendertest.MemoryOptions{})
			u := r.begin(t, nil)
			if other != "" {
				if _, err := r.put(t, other); err != nil {
					t.Fatal(err)
				}
			}
			if err := r.Memory.Abort(t.Context(), u.Upload); err != nil {
				t.Fatal(err)
			}
			if _, err := u.complete(t); !errors.Is(err, sender.ErrNoSuchUpload) {
				t.Errorf("error %v, want %v", err, sender.ErrNoSuchUpload)
			}
			r.wantCalls(t, sendertest.Complete, 1)
			r.wantCalls(t, sendertest.Head, 1)
		})
	}
}

// Nobody can be asked what became of the Complete. "No such upload" would make the caller send everything again.
// Tries cost nothing in the first second, until the failures of Head show that the store is there.
func TestCompleteUndecided(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(sender.Options{Retries: 2}, sendertest.MemoryOptions{})
		r.faults.On(sendertest.Complete, lose, 1).Always(sendertest.Head, down)
		_, err := r.begin(t, nil).complete(t)
		if !errors.Is(err, sender.ErrNoAnswer) || errors.Is(err, sender.ErrNoSuchUpload) {
			t.Errorf("error %v, want %v", err, sender.ErrNoAnswer)
		}
		if sender.KindOf(err) != sender.TryAgain || attempts(err) < 3 {
			t.Errorf("kind %v after %d tries: %v", sender.KindOf(err), attempts(err), err)
		}
	})
}

// An object of the same bytes that was there before is not the one with the new metadata.
func TestCompleteIsNotSettledByAnOlderObject(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(sender.Options{}, sendertest.MemoryOptions{})
		if _, err := r.put(t, content); err != nil {
			t.Fatal(err)
		}
		r.faults.On(sendertest.Complete, drop, 1)
		if _, err := r.begin(t, map[string]string{"run": "2"}).complete(t); err != nil {
			t.Fatal(err)
		}
		r.wantCalls(t, sendertest.Complete, 2)
		if info, _ := r.Memory.Head(t.Context(), "key"); info.Metadata["run"] != "2" {
			t.Errorf("metadata %v, want those of the new object", info.Metadata)
		}
	})
}

func TestPutLost(t *testing.T) {
	for name, c := range map[string]struct {
		options sendertest.MemoryOptions
		fault   sendertest.Fault
		before  string
		puts    int
		settled int64
	}{
		"Applied":               {fault: lose, puts: 1, settled: 1},
		"NotApplied":            {fault: drop, puts: 2},
		"NotAppliedOverOther":   {fault: drop, before: "01234abcdX", puts: 2},
		"AppliedMD5":            {options: sendertest.MemoryOptions{Wire: hasher.MD5}, fault: lose, puts: 1, settled: 1},
		"AppliedButNothingSays": {options: sendertest.MemoryOptions{NoChecksum: true}, fault: lose, puts: 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(sender.Options{}, c.options)
				if c.before != "" {
					p := sendertest.Payload([]byte(c.before))
					if _, err := r.Memory.Put(t.Context(), &sender.Object{Key: "key"}, p); err != nil {
						t.Fatal(err)
					}
				}
				r.faults.On(sendertest.Put, c.fault, 1)
				if _, err := r.put(t, content); err != nil {
					t.Fatal(err)
				}
				r.wantCalls(t, sendertest.Put, c.puts)
				r.wantObject(t, content)
				if got := r.counts.Settled.Load(); got != c.settled {
					t.Errorf("%d answers settled, want %d", got, c.settled)
				}
			})
		})
	}
}

// An earlier try may have made what is now in the way.
func TestPutSettlesWhatIsInTheWay(t *testing.T) {
	exists := &sender.Error{Kind: sender.GiveUp, Err: sender.ErrExists}
	for before, want := range map[string]error{content: nil, "01234abcdX": sender.ErrExists} {
		r := newRig(sender.Options{}, sendertest.MemoryOptions{})
		p := sendertest.Payload([]byte(before))
		if _, err := r.Memory.Put(t.Context(), &sender.Object{Key: "key"}, p); err != nil {
			t.Fatal(err)
		}
		r.faults.Always(sendertest.Put, sendertest.Fault{Fail: exists})
		if _, err := r.put(t, content); !errors.Is(err, want) {
			t.Errorf("with %q there: %v, want %v", before, err, want)
		}
	}
}

// held is a store that says one thing of every key.
type held struct {
	sender.Store
	info sender.Info
}

func (h held) Head(context.Context, string) (sender.Info, error) { return h.info, nil }

func TestSettle(t *testing.T) {
	sum := func(a hasher.Algorithm, s string) hasher.Checksum {
		return hasher.Sum([]byte(s), hasher.SetOf(a)).Get(a)
	}
	crc, md5 := sum(hasher.CRC64ECMA, content), sum(hasher.MD5, content)
	now := time.Date(2026, 1, 31, 12, 0, 0, 700e6, time.UTC)
	token := map[string]string{sender.TokenKey: "4711"}
	for name, c := range map[string]struct {
		metadata  map[string]string
		whole     hasher.Checksum
		notBefore time.Time
		info      sender.Info
		want      bool
	}{
		"same checksum":             {whole: crc, info: sender.Info{Size: 10, Checksum: crc}, want: true},
		"same checksum, old":        {whole: crc, notBefore: now, info: sender.Info{Size: 10, Checksum: crc, Modified: now.Add(-time.Hour)}, want: true},
		"same sum, other metadata":  {metadata: map[string]string{"run": "2"}, whole: crc, info: sender.Info{Size: 10, Checksum: crc, Metadata: map[string]string{"run": "1"}}},
		"other size":                {whole: crc, info: sender.Info{Size: 11, Checksum: crc}},
		"other checksum":            {whole: crc, notBefore: now, info: sender.Info{Size: 10, Checksum: sum(hasher.CRC64ECMA, "other"), Modified: now}},
		"other checksum, our token": {metadata: token, whole: crc, info: sender.Info{Size: 10, Checksum: sum(hasher.CRC64ECMA, "other"), Metadata: token}},
		"other algorithm":           {whole: crc, info: sender.Info{Size: 10, Checksum: sum(hasher.CRC32C, content)}},
		"nothing known":             {info: sender.Info{Size: 10}},
		"our token":                 {metadata: token, info: sender.Info{Size: 10, Metadata: map[string]string{"Ingest-Token": "4711"}}, want: true},
		"other token, later":        {metadata: token, notBefore: now, info: sender.Info{Size: 10, Modified: now, Metadata: map[string]string{sender.TokenKey: "4712"}}},
		"no token, later":           {metadata: token, notBefore: now, info: sender.Info{Size: 10, Modified: now}},
		"same ETag":                 {whole: md5, info: sender.Info{Size: 10, ETag: md5.Hex()}, want: true},
		"same ETag, other metadata": {metadata: map[string]string{"run": "2"}, whole: md5, info: sender.Info{Size: 10, ETag: md5.Hex(), Metadata: map[string]string{"run": "1"}}},
		"other ETag":                {whole: md5, info: sender.Info{Size: 10, ETag: "4711"}},
		"later":                     {notBefore: now, info: sender.Info{Size: 10, Modified: now.Truncate(time.Second)}, want: true},
		"earlier":                   {notBefore: now, info: sender.Info{Size: 10, Modified: now.Add(-time.Second)}},
		"later, no time wanted":     {info: sender.Info{Size: 10, Modified: now}},
	} {
		t.Run(name, func(t *testing.T) {
			o := &sender.Object{Key: "key", Size: 10, Metadata: c.metadata}
			_, same, err := sender.Settle(t.Context(), held{info: c.info}, o, c.whole, c.notBefore)
			if same != c.want || err != nil {
				t.Errorf("%v, %v, want %v", same, err, c.want)
			}
		})
	}
}
