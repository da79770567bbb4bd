package journal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
)

// simDisk is a file system in memory that can fail at any operation and lose its power: it knows what was synced.
type simDisk struct {
	mu      sync.Mutex
	names   map[string]*simFile
	durable map[string]*simFile // what the directory would hold after a power cut
	pending []map[string]*simFile

	ops   []string                      // every operation that changes something, in order
	fault func(op string, n int) error  // the error of the n-th operation of a kind, from 1
	count map[string]int                //
	short func(op string, size int) int // how much of a write is written, before its error
	wrong func(n int, p []byte) []byte  // what the n-th write writes, while it claims to write p
	lying bool                          // Sync and SyncDir say yes and do nothing
	locks bool                          // Own is kept track of; else every process died before the next one came

	handles int // that are open
	temps   int // names that Temp gave
}

type simFile struct {
	data   []byte
	synced []byte
	owner  *simHandle

	initial []byte // what it held before anything was done to it
}

// looks are the operations that change nothing. They can fail like the others.
var looks = []string{"read", "seek", "own", "names", "close"}

func newSimDisk() *simDisk {
	return &simDisk{names: map[string]*simFile{}, durable: map[string]*simFile{}, count: map[string]int{}}
}

// simDiskWith holds one file, durable.
func simDiskWith(path string, data []byte) *simDisk {
	d := newSimDisk()
	f := &simFile{data: slices.Clone(data), synced: slices.Clone(data), initial: slices.Clone(data)}
	d.names[path], d.durable[path] = f, f
	return d
}

// do counts an operation and says whether it fails. The mutex is held.
func (d *simDisk) do(op string) error {
	d.count[op]++
	d.count["any"]++
	if !slices.Contains(looks, op) {
		d.ops = append(d.ops, op)
	}
	if d.fault == nil {
		return nil
	}
	if err := d.fault(op, d.count[op]); err != nil {
		return &fs.PathError{Op: op, Path: "sim", Err: err}
	}
	return nil
}

func (d *simDisk) Open(path string, flag int) (file, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.do("open"); err != nil {
		return nil, err
	}
	f := d.names[path]
	if f != nil && flag&os.O_EXCL != 0 {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrExist}
	}
	if f == nil {
		if flag&os.O_CREATE == 0 {
			return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
		}
		f = &simFile{}
		d.rename(func() { d.names[path] = f })
	}
	if flag&os.O_TRUNC != 0 {
		f.data = nil
	}
	return d.handle(f), nil
}

func (d *simDisk) handle(f *simFile) *simHandle {
	d.handles++
	return &simHandle{disk: d, file: f}
}

func (d *simDisk) Temp(pattern string) (file, string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.do("temp"); err != nil {
		return nil, "", err
	}
	d.temps++
	path, f := fmt.Sprint("/tmp/", pattern, d.temps), &simFile{}
	d.rename(func() { d.names[path] = f })
	return d.handle(f), path, nil
}

func (d *simDisk) Own(f file) (bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.do("own"); err != nil {
		return false, err
	}
	h := f.(*simHandle)
	if d.locks && h.file.owner != nil && h.file.owner != h {
		return false, nil
	}
	h.file.owner = h
	return true, nil
}

func (d *simDisk) Names(path string, f file) (bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.do("names"); err != nil {
		return false, err
	}
	there := d.names[path]
	if there == nil {
		return false, fs.ErrNotExist
	}
	return there == f.(*simHandle).file, nil
}

// rename changes the directory. What it was is remembered until it is synced.
func (d *simDisk) rename(change func()) {
	change()
	d.pending = append(d.pending, maps.Clone(d.names))
}

func (d *simDisk) Rename(from, to string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.do("rename"); err != nil {
		return err
	}
	f := d.names[from]
	if f == nil {
		return fs.ErrNotExist
	}
	d.rename(func() { d.names[to] = f; delete(d.names, from) })
	return nil
}

func (d *simDisk) Remove(path string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.names[path] == nil {
		return fs.ErrNotExist
	}
	if err := d.do("remove"); err != nil {
		return err
	}
	d.rename(func() { delete(d.names, path) })
	return nil
}

func (d *simDisk) SyncDir(string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.do("syncdir"); err != nil || d.lying {
		return err
	}
	d.durable, d.pending = maps.Clone(d.names), nil
	return nil
}

// contents returns a file's bytes, or nil.
func (d *simDisk) contents(path string) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	if f := d.names[path]; f != nil {
		return slices.Clone(f.data)
	}
	return nil
}

const sector = 512

// cutPower returns what the disk holds afterwards. Of the changes of the directory that were not synced, a
// prefix took place; of every file's unsynced sectors any, in any order: the others are as they were, or zeros.
func (d *simDisk) cutPower(rng *rand.Rand) *simDisk {
	d.mu.Lock()
	defer d.mu.Unlock()
	names := d.durable
	if k := rng.IntN(len(d.pending) + 1); k > 0 {
		names = d.pending[k-1]
	}
	after := newSimDisk()
	for name, f := range names {
		left := f.afterCut(rng)
		g := &simFile{data: left, synced: slices.Clone(left)}
		after.names[name], after.durable[name] = g, g
	}
	return after
}

func (f *simFile) afterCut(rng *rand.Rand) []byte {
	lo, hi := min(len(f.synced), len(f.data)), max(len(f.synced), len(f.data))
	size := lo + rng.IntN(hi-lo+1)
	if rng.IntN(2) == 0 {
		size = len(f.data)
	}
	left := make([]byte, size)
	copy(left, f.synced)
	keep := rng.Float64()
	for at := 0; at < size; at += sector {
		end := min(at+sector, size)
		if rng.Float64() < keep && at < len(f.data) {
			copy(left[at:end], f.data[at:min(end, len(f.data))])
		}
	}
	return left
}

type simHandle struct {
	disk *simDisk
	file *simFile
	pos  int64
}

func (h *simHandle) ReadAt(p []byte, off int64) (int, error) {
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	if err := h.disk.do("read"); err != nil {
		return 0, err
	}
	if off >= int64(len(h.file.data)) {
		return 0, io.EOF
	}
	n := copy(p, h.file.data[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (h *simHandle) Write(p []byte) (int, error) {
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	n, err := h.write(p, h.pos)
	h.pos += int64(n)
	return n, err
}

func (h *simHandle) WriteAt(p []byte, off int64) (int, error) {
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	return h.write(p, off)
}

func (h *simHandle) write(p []byte, off int64) (int, error) {
	err := h.disk.do("write")
	n := len(p)
	if err != nil {
		n = 0
	}
	if h.disk.short != nil {
		n = h.disk.short("write", len(p))
	}
	f, claimed := h.file, n
	if h.disk.wrong != nil {
		p = h.disk.wrong(h.disk.count["write"], p[:n])
		n = len(p)
	}
	if end := int(off) + n; n > 0 && end > len(f.data) {
		f.data = append(f.data, make([]byte, end-len(f.data))...)
	}
	if n > 0 {
		copy(f.data[off:], p[:n])
	}
	return claimed, err
}

func (h *simHandle) Seek(off int64, whence int) (int64, error) {
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	if err := h.disk.do("seek"); err != nil {
		return 0, err
	}
	switch whence {
	case io.SeekStart:
		h.pos = off
	case io.SeekEnd:
		h.pos = int64(len(h.file.data)) + off
	default:
		return 0, errors.ErrUnsupported
	}
	return h.pos, nil
}

func (h *simHandle) Truncate(size int64) error {
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	if err := h.disk.do("truncate"); err != nil {
		return err
	}
	h.file.data = slices.Clone(h.file.data[:size])
	return nil
}

func (h *simHandle) Sync() error {
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	if err := h.disk.do("sync"); err != nil || h.disk.lying {
		return err
	}
	h.file.synced = slices.Clone(h.file.data)
	return nil
}

// Close closes even if it fails, as systems do.
func (h *simHandle) Close() error {
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	h.disk.handles--
	if h.file.owner == h {
		h.file.owner = nil
	}
	return h.disk.do("close")
}
