package manifests

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"slices"

	"github.com/zeebo/xxh3"
)

const (
	// maxHeld is how many keys are held in memory before they are spilled: 32 MiB. Four times as many are no
	// faster, and a check has to fit beside everything else.
	maxHeld = 2 << 20

	// maxRepeats is how many rows, beyond the limit of the list, are looked at again in the second pass. It bounds
	// the keys held there.
	maxRepeats = 4096

	entrySize = 12 // bytes of one spilled key: hash, row
)

// twins finds the rows that share a key, out of any number of rows.
//
//	key -> 64-bit hash, row -> one of 256 buckets by the hash's first byte -> (full?) appended to a file
//	       each bucket: read back, sorted by hash -> runs of equal hashes are rows that may share a key
//
// A key costs 16 bytes until 2^21 keys are held; then 12 bytes of a temporary file, and the memory of one bucket:
// 1/256 of the rows, 6.25 MB for 100 million. Equal hashes are no proof: the second pass compares the keys. The
// hash has a random seed, so that no manifest can be made to need it in vain.
type twins struct {
	seed    uint64
	buckets [256][]keyHash
	held    int
	most    int // keys held before they are spilled

	dir      string
	spilled  *os.File // nil until the first spill
	remove   func() error
	segments [256][]segment
	size     int64 // bytes of spilled
}

// keyHash stands for the key of one row.
type keyHash struct {
	hash uint64
	row  uint32
}

// segment is where the keys of one bucket stand in the file.
type segment struct{ offset, length int64 }

// repeat is a row whose key seems to be that of an earlier one.
type repeat struct{ row, first uint32 }

func newTwins(dir string) *twins { return &twins{seed: rand.Uint64(), most: maxHeld, dir: dir} }

// add remembers the key of a row. Rows come in ascending order.
func (t *twins) add(key string, row uint32) error {
	h := xxh3.HashStringSeed(key, t.seed)
	b := &t.buckets[h>>56]
	*b = append(*b, keyHash{h, row})
	if t.held++; t.held < t.most {
		return nil
	}
	return t.spill()
}

// spill appends all that is held to the file.
func (t *twins) spill() (err error) {
	if t.spilled == nil {
		if t.spilled, t.remove, err = tempFile(t.dir); err != nil {
			return err
		}
	}
	w := bufio.NewWriterSize(t.spilled, 1<<20)
	var frame [entrySize]byte
	for i, bucket := range t.buckets {
		for _, k := range bucket {
			binary.LittleEndian.PutUint64(frame[:8], k.hash)
			binary.LittleEndian.PutUint32(frame[8:], k.row)
			// The writer keeps its first error for Flush.
			_, _ = w.Write(frame[:])
		}
		length := int64(len(bucket)) * entrySize
		t.segments[i] = append(t.segments[i], segment{t.size, length})
		t.size += length
		t.buckets[i] = bucket[:0]
	}
	t.held = 0
	return w.Flush()
}

// repeats returns the first rows, at most limit, whose hash is that of an earlier row, and how many more there are.
func (t *twins) repeats(limit int) (found []repeat, more int64, err error) {
	byRow := func(a, b repeat) int { return cmp.Compare(a.row, b.row) }
	for i := range t.buckets {
		keys, err := t.bucket(i)
		if err != nil {
			return nil, 0, err
		}
		found = appendRepeats(found, keys)
		// Cut now and then, at no cost, for a manifest may repeat itself throughout.
		if len(found) > 2*limit {
			slices.SortFunc(found, byRow)
			more += int64(len(found) - limit)
			found = found[:limit]
		}
	}
	slices.SortFunc(found, byRow)
	if over := len(found) - limit; over > 0 {
		more += int64(over)
		found = found[:limit]
	}
	return found, more, nil
}

// bucket returns all keys of a bucket, sorted by hash and row, and takes them out of t.
func (t *twins) bucket(i int) ([]keyHash, error) {
	keys := t.buckets[i]
	t.buckets[i] = nil
	var total int64
	for _, s := range t.segments[i] {
		total += s.length
	}
	keys = slices.Grow(keys, int(total/entrySize))
	for _, s := range t.segments[i] {
		r := bufio.NewReaderSize(io.NewSectionReader(t.spilled, s.offset, s.length), 64<<10)
		for range s.length / entrySize {
			frame, err := r.Peek(entrySize)
			if err != nil {
				return nil, err
			}
			keys = append(keys, keyHash{binary.LittleEndian.Uint64(frame), binary.LittleEndian.Uint32(frame[8:])})
			_, _ = r.Discard(entrySize)
		}
	}
	slices.SortFunc(keys, func(a, b keyHash) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.row, b.row))
	})
	return keys, nil
}

// appendRepeats appends the rows whose hash stands behind an equal one.
func appendRepeats(found []repeat, keys []keyHash) []repeat {
	first := 0
	for i := 1; i < len(keys); i++ {
		if keys[i].hash != keys[first].hash {
			first = i
			continue
		}
		found = append(found, repeat{row: keys[i].row, first: keys[first].row})
	}
	return found
}

// close drops the file.
func (t *twins) close() {
	if t.spilled == nil {
		return
	}
	// Nothing in the file is wanted any more: an error has nothing to tell.
	_ = errors.Join(t.spilled.Close(), t.remove())
	t.spilled = nil
}
