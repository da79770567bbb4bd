package journal

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// recovered opens an image without a lock and returns what it says, and the disk that it lies on then.
func recovered(t *testing.T, b []byte) (*State, *simDisk) {
	t.Helper()
	d := simDiskWith("j", b)
	s := &storage{files: d, path: "j"}
	state, err := s.open(testJob)
	if err != nil {
		t.Fatal(err)
	}
	requireSound(t, state, d, len(b))
	return state, d
}

// requireSound fails unless the journal, once it was opened, is found sound and says the same, and has not grown.
func requireSound(t *testing.T, state *State, d *simDisk, size int) {
	t.Helper()
	if n := len(d.contents("j")); n > size && !state.New {
		t.Fatalf("the file grew from %d to %d bytes", size, n)
	}
	s := &storage{files: d, path: "j"}
	again, err := s.open(testJob)
	if err != nil {
		t.Fatal("second open:", err)
	}
	if again.Damage != nil || again.Torn != 0 || again.New {
		t.Fatalf("second open: damage %v, torn %d, new %v", again.Damage, again.Torn, again.New)
	}
	if a, b := describe(state), describe(again); a != b {
		t.Fatalf("the second open says something else:\n%s\n%s", a, b)
	}
}

func requireState(t *testing.T, got *State, records []Record) {
	t.Helper()
	if a, b := describe(got), describe(truthOf(records).state()); a != b {
		t.Fatalf("got\n%s\nwant\n%s", a, b)
	}
}

func eachSeed(t *testing.T, n uint64, f func(t *testing.T, rng *rand.Rand)) {
	t.Helper()
	t.Parallel()
	for seed := range n {
		if f(t, rand.New(rand.NewPCG(seed, 1))); t.Failed() {
			t.Fatal("seed", seed)
		}
	}
}

func TestCutAtEveryByteLosesOnlyTheLastFrame(t *testing.T) {
	t.Parallel()
	records := someRecords(rand.New(rand.NewPCG(1, 1)), 40)
	b, offsets := image(records)
	for n := offsets[0]; n <= len(b); n++ {
		state, d := recovered(t, b[:n])
		whole := 0
		for whole < len(records) && offsets[whole+1] <= n {
			whole++
		}
		requireState(t, state, records[:whole])
		if state.Damage != nil || state.Torn != int64(n-offsets[whole]) {
			t.Fatalf("cut at %d: damage %v, torn %d, want %d", n, state.Damage, state.Torn, n-offsets[whole])
		}
		if !bytes.Equal(d.contents("j"), b[:offsets[whole]]) {
			t.Fatalf("cut at %d: the file is not what was whole", n)
		}
	}
}

func TestCutHeaderIsDamageAndTheFileIsUntouched(t *testing.T) {
	b, offsets := image(nil)
	for n := 1; n < offsets[0]; n++ {
		requireRefused(t, b[:n], ErrDamaged)
	}
}

func requireRefused(t *testing.T, b []byte, want ...error) {
	t.Helper()
	d := simDiskWith("j", b)
	_, err := (&storage{files: d, path: "j"}).open(testJob)
	if !slices.ContainsFunc(want, func(w error) bool { return errors.Is(err, w) }) {
		t.Fatalf("error %v, want one of %v", err, want)
	}
	if len(d.ops) != 1 || !bytes.Equal(d.contents("j"), b) {
		t.Fatalf("the file was touched: %v", d.ops)
	}
}

func TestEveryHeaderByteFlippedIsRefused(t *testing.T) {
	b, offsets := image(someRecords(rand.New(rand.NewPCG(2, 1)), 3))
	for i := range offsets[0] {
		for x := 1; x < 256; x++ {
			c := slices.Clone(b)
			c[i] ^= byte(x)
			requireRefused(t, c, ErrDamaged, ErrFormat)
		}
	}
}

func TestEveryByteFlippedNeverLies(t *testing.T) {
	t.Parallel()
	records := someRecords(rand.New(rand.NewPCG(3, 1)), 30)
	b, offsets := image(records)
	last := offsets[len(records)-1]
	for i := offsets[0]; i < len(b); i++ {
		c := slices.Clone(b)
		c[i] ^= []byte{0x01, 0x10, 0x80, 0xFF}[i%4]
		state, d := recovered(t, c)
		requireTrue(t, state, records, len(records)-1)
		if i >= last {
			requireState(t, state, records[:len(records)-1])
			continue
		}
		if state.Damage == nil || state.Damage.Missing != 1 || state.Damage.Bytes == 0 {
			t.Fatalf("byte %d: damage %v", i, state.Damage)
		}
		if !bytes.Equal(d.contents(state.Damage.Copy), c) {
			t.Fatalf("byte %d: no copy was kept", i)
		}
	}
}

func TestDroppedFrameTakesNoPartForSure(t *testing.T) {
	eachSeed(t, 6, func(t *testing.T, rng *rand.Rand) {
		records := someRecords(rng, 40)
		b, offsets := image(records)
		for i := range len(records) - 1 {
			state, _ := recovered(t, slices.Concat(b[:offsets[i]], b[offsets[i+1]:]))
			requireTrue(t, state, records, len(records))
			if state.Damage == nil || state.Damage.Missing != 1 || state.Damage.Offset != int64(offsets[i]) {
				t.Fatalf("frame %d: damage %v", i, state.Damage)
			}
			if state.Damage.FramesKept != len(records)-1-i {
				t.Fatalf("frame %d: kept %d", i, state.Damage.FramesKept)
			}
		}
	})
}

func TestDoubledFramesChangeNothing(t *testing.T) {
	eachSeed(t, 5, func(t *testing.T, rng *rand.Rand) {
		records := someRecords(rng, 30)
		b, offsets := image(records)
		for i := range records {
			for k := i; k <= len(records); k += 7 {
				frame := b[offsets[i]:offsets[i+1]]
				if k <= i {
					k = i + 1
				}
				state, _ := recovered(t, slices.Concat(b[:offsets[k]], frame, b[offsets[k]:]))
				requireState(t, state, records)
				if state.Damage == nil || state.Damage.Repeated != 1 || state.Damage.Doubted != 0 {
					t.Fatalf("frame %d again at %d: damage %v", i, k, state.Damage)
				}
			}
		}
	})
}

func TestLastFramesAppendedAgainResurrectNothing(t *testing.T) {
	records := []Record{
		begun(1, "a"), part(1, 1), Dropped{1}, begun(2, "b"), part(2, 1), outcome(2, Failed), outcome(2, Done),
	}
	b, offsets := image(records)
	for i := range records {
		state, _ := recovered(t, append(slices.Clone(b), b[offsets[i]:]...))
		requireState(t, state, records)
	}
}

func TestSwappedFramesNeverLie(t *testing.T) {
	eachSeed(t, 6, func(t *testing.T, rng *rand.Rand) {
		records := someRecords(rng, 30)
		b, offsets := image(records)
		for range 60 {
			i := rng.IntN(len(records) - 1)
			k := i + 1 + rng.IntN(len(records)-1-i)
			c := slices.Concat(b[:offsets[i]], b[offsets[k]:offsets[k+1]], b[offsets[i+1]:offsets[k]],
				b[offsets[i]:offsets[i+1]], b[offsets[k+1]:])
			state, _ := recovered(t, c)
			requireTrue(t, state, records, len(records))
			if state.Damage == nil || state.Damage.Repeated == 0 {
				t.Fatalf("%d and %d swapped: damage %v", i, k, state.Damage)
			}
		}
	})
}

func TestZeroedOrGarbageTailIsTorn(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 1))
	records := someRecords(rng, 20)
	b, offsets := image(records)
	for _, n := range []int{1, 7, 16, 512, 4096, 300 << 10} {
		for _, cut := range []int{len(b), len(b) - 1, len(b) - 20, offsets[19]} {
			zeros := append(slices.Clone(b[:cut]), make([]byte, n)...)
			garbage := slices.Clone(zeros)
			for i := cut; i < len(garbage); i++ {
				garbage[i] = []byte{sync0, sync1, byte(rng.Uint32()), 0}[rng.IntN(4)]
			}
			for _, c := range [][]byte{zeros, garbage} {
				state, _ := recovered(t, c)
				whole := 19
				if cut == len(b) {
					whole = 20
				}
				requireState(t, state, records[:whole])
				if state.Damage != nil || state.Torn == 0 {
					t.Fatalf("damage %v, torn %d", state.Damage, state.Torn)
				}
			}
		}
	}
}

func TestZeroedSectorInTheLastFrameIsTorn(t *testing.T) {
	o := outcome(1, Failed)
	o.Failure = &Failure{Message: string(bytes.Repeat([]byte("x"), 1024))}
	b, offsets := image([]Record{begun(2, "u"), o})
	clear(b[offsets[1]+100 : offsets[1]+612])
	state, _ := recovered(t, b)
	requireState(t, state, []Record{begun(2, "u")})
	if state.Damage != nil || state.Torn != int64(len(b)-offsets[1]) {
		t.Fatal(state.Damage, state.Torn)
	}
}

func TestGarbageBetweenFramesHidesNothing(t *testing.T) {
	records := []Record{begun(1, "a"), part(1, 1), part(1, 2), outcome(2, Done)}
	b, offsets := image(records)
	state, _ := recovered(t, slices.Concat(b[:offsets[2]], []byte("garbage\xA7\x5C"), b[offsets[2]:]))
	requireState(t, state, records)
	if d := state.Damage; d == nil || d.Bytes != 9 || d.Missing != 0 || d.Doubted != 0 {
		t.Fatal(d)
	}
}

func TestPartsBehindAGapAreOfAnUnknownUpload(t *testing.T) {
	records := []Record{
		begun(1, "a"), part(1, 1), outcome(3, Done),
		begun(1, "b"), // is lost
		part(1, 2), begun(2, "c"), part(2, 1),
	}
	b, offsets := image(records)
	state, _ := recovered(t, slices.Concat(b[:offsets[3]], b[offsets[4]:]))
	if u := state.Upload(1); u == nil || u.Begun.UploadID != "a" || len(u.Parts) != 0 {
		t.Fatalf("upload of row 1: %+v", u)
	}
	if u := state.Upload(2); u == nil || len(u.Parts) != 1 {
		t.Fatalf("upload of row 2: %+v", u)
	}
	if !state.Done.Contains(3) || state.Damage.Doubted != 1 {
		t.Fatal(state.Damage)
	}
	for _, says := range []string{"1 records missing", "3 records behind it kept", "parts of 1 uploads", "j.corrupt"} {
		if !strings.Contains(state.Damage.String(), says) {
			t.Errorf("%q does not say %q", state.Damage, says)
		}
	}
}

func TestWholeFrameWithoutSenseIsAGap(t *testing.T) {
	h := &Header{Version: Version, Job: testJob}
	e := &encoder{seed: h.seed()}
	b := e.record(h.encode(), begun(1, "a"))
	b = e.record(b, part(1, 1))
	b = e.copy(b, kindDropped, []byte{1, 1}) // a byte too many
	b = e.record(b, outcome(2, Done))
	state, _ := recovered(t, b)
	if d := state.Damage; d == nil || d.Undecoded != 1 || d.Missing != 0 || len(state.Upload(1).Parts) != 0 {
		t.Fatal(d, state.Upload(1))
	}
	if !state.Done.Contains(2) {
		t.Fatal("row 2 is lost")
	}
}

func TestFramesOfAnotherJournalDoNotPass(t *testing.T) {
	records := []Record{begun(1, "a"), outcome(1, Done)}
	b, offsets := image(records[:1])
	other := &Header{Version: Version, ID: [16]byte{8}, Job: testJob}
	e := &encoder{seed: other.seed(), last: 1}
	state, _ := recovered(t, append(b, e.record(nil, records[1])...))
	requireState(t, state, records[:1])
	if state.Torn == 0 || state.Damage != nil {
		t.Fatal(state.Damage, offsets)
	}
}

func TestManyDamagesAtOnceNeverLie(t *testing.T) {
	eachSeed(t, 400, func(t *testing.T, rng *rand.Rand) {
		records := someRecords(rng, 30)
		b, offsets := image(records)
		state, _ := recovered(t, spoil(rng, b, offsets[0]))
		requireTrue(t, state, records, 0)
	})
}

// spoil damages an image behind its header, in a few ways at once.
func spoil(rng *rand.Rand, b []byte, first int) []byte {
	head, c := b[:first], slices.Clone(b[first:])
	for range 1 + rng.IntN(4) {
		if len(c) < 2 {
			break
		}
		i, n := rng.IntN(len(c)), 1+rng.IntN(300)
		k := min(i+n, len(c))
		switch rng.IntN(6) {
		case 0:
			c[i] ^= 1 << rng.IntN(8)
		case 1:
			clear(c[i:k])
		case 2:
			c = slices.Delete(c, i, k)
		case 3:
			c = slices.Insert(c, rng.IntN(len(c)), slices.Clone(c[i:k])...)
		case 4:
			c = append(c, c[i:k]...)
		case 5:
			copy(c[rng.IntN(len(c)):], slices.Clone(c[i:k]))
		}
	}
	return slices.Concat(head, c)
}
