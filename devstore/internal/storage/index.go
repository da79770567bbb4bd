package storage

import (
	"slices"
	"strings"
	"time"
)

// blockKeys is how many keys a block of the index holds before it is split: few enough to insert by moving them.
const blockKeys = 512

// Entry is what a listing shows of an object.
type Entry struct {
	Key          string
	Size         int64
	Modified     time.Time
	ETag         ETag
	StorageClass string
	Multipart    bool
	Algorithm    string // of the S3 checksum, "" if none
	Kind         string
}

// entry is an object in the index. refs and doomed are guarded by the bucket's pins.
type entry struct {
	Entry
	lock   *Lock    // as long as it holds, the object stays
	refs   int      // readers of the content
	doomed []string // content to remove with the last of them
}

func entryOf(o *Object) *entry {
	return &entry{lock: o.Meta.Lock, Entry: Entry{
		Key: o.Key, Size: o.Size, Modified: o.Modified, ETag: o.ETag,
		StorageClass: o.Meta.StorageClass, Multipart: o.Upload != "",
		Algorithm: string(o.Checksum.Algorithm), Kind: string(o.Checksum.Kind),
	}}
}

// index is the sorted set of a bucket's keys, as a list of sorted blocks. Its zero value is empty. No block is.
type index struct {
	blocks [][]*entry
	size   int
}

// block returns the number of the block where key is or belongs.
func (x *index) block(key string) int {
	n, found := slices.BinarySearchFunc(x.blocks, key, func(b []*entry, k string) int {
		return strings.Compare(b[0].Key, k)
	})
	if found || n == 0 {
		return n
	}
	return n - 1
}

func find(block []*entry, key string) (int, bool) {
	return slices.BinarySearchFunc(block, key, func(e *entry, k string) int { return strings.Compare(e.Key, k) })
}

// seek returns the first entry whose key is not below key, or nil.
func (x *index) seek(key string) *entry {
	for n := x.block(key); n < len(x.blocks); n++ {
		if i, _ := find(x.blocks[n], key); i < len(x.blocks[n]) {
			return x.blocks[n][i]
		}
	}
	return nil
}

// get returns the entry of key, or nil.
func (x *index) get(key string) *entry {
	if e := x.seek(key); e != nil && e.Key == key {
		return e
	}
	return nil
}

// set adds e, in place of the entry of the same key if there is one.
func (x *index) set(e *entry) {
	if len(x.blocks) == 0 {
		x.blocks, x.size = [][]*entry{{e}}, 1
		return
	}
	n := x.block(e.Key)
	i, found := find(x.blocks[n], e.Key)
	if found {
		x.blocks[n][i] = e
		return
	}
	x.blocks[n] = slices.Insert(x.blocks[n], i, e)
	x.size++
	if len(x.blocks[n]) > blockKeys {
		x.split(n)
	}
}

func (x *index) split(n int) {
	b := x.blocks[n]
	half := len(b) / 2
	x.blocks = slices.Insert(x.blocks, n+1, slices.Clone(b[half:]))
	clear(b[half:])
	x.blocks[n] = b[:half]
}

// remove removes the entry of key, if there is one.
func (x *index) remove(key string) {
	n := x.block(key)
	if n == len(x.blocks) {
		return
	}
	i, found := find(x.blocks[n], key)
	if !found {
		return
	}
	x.blocks[n] = slices.Delete(x.blocks[n], i, i+1)
	x.size--
	if len(x.blocks[n]) == 0 {
		x.blocks = slices.Delete(x.blocks, n, n+1)
	}
}
