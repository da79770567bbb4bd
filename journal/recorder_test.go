package journal

import (
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
)

// recorder writes down what happens to a simulated disk, so that the power can be cut afterwards, at any moment, and as
// often as one likes.
type recorder struct {
	*simDisk
	start map[string]*simFile // durable when it began

	mu  sync.Mutex
	log []event
}

// event is a change, or a promise that earlier ones are durable.
type event struct {
	op       string
	file     *simFile // of write, truncate, sync
	off      int64
	data     []byte
	size     int64
	names    map[string]*simFile // of create, rename, remove: the directory afterwards
	vouched  int                 // of mark
	appended int
}

func (r *recorder) note(e event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.log = append(r.log, e)
}

// mark notes what was appended so far, and what of it a Sync has vouched for.
func (r *recorder) mark(appended, vouched int) {
	r.note(event{op: "mark", appended: appended, vouched: vouched})
}

func (r *recorder) noteNames() {
	r.simDisk.mu.Lock()
	names := maps.Clone(r.names)
	r.simDisk.mu.Unlock()
	r.note(event{op: "names", names: names})
}

func (r *recorder) Open(path string, flag int) (file, error) {
	f, err := r.simDisk.Open(path, flag)
	if err != nil {
		return nil, err
	}
	if flag&os.O_CREATE != 0 {
		r.noteNames()
	}
	return &recordedHandle{f.(*simHandle), r}, nil
}

func (r *recorder) Own(f file) (bool, error) { return r.simDisk.Own(f.(*recordedHandle).simHandle) }

func (r *recorder) Names(path string, f file) (bool, error) {
	return r.simDisk.Names(path, f.(*recordedHandle).simHandle)
}

func (r *recorder) Rename(from, to string) error {
	defer r.noteNames()
	return r.simDisk.Rename(from, to)
}

func (r *recorder) Remove(path string) error {
	defer r.noteNames()
	return r.simDisk.Remove(path)
}

func (r *recorder) SyncDir(dir string) error {
	err := r.simDisk.SyncDir(dir)
	if err == nil {
		r.note(event{op: "syncdir"})
	}
	return err
}

type recordedHandle struct {
	*simHandle
	r *recorder
}

func (h *recordedHandle) Write(p []byte) (int, error) {
	off := h.pos
	n, err := h.simHandle.Write(p)
	if n > 0 {
		h.r.note(event{op: "write", file: h.file, off: off, data: slices.Clone(p[:n])})
	}
	return n, err
}

func (h *recordedHandle) Truncate(size int64) error {
	err := h.simHandle.Truncate(size)
	if err == nil {
		h.r.note(event{op: "truncate", file: h.file, size: size})
	}
	return err
}

// Sync notes its beginning as a mark without news: what is written meanwhile it does not promise.
func (h *recordedHandle) Sync() error {
	h.r.mu.Lock()
	upto := len(h.r.log)
	h.r.mu.Unlock()
	err := h.simHandle.Sync()
	if err == nil {
		h.r.note(event{op: "sync", file: h.file, size: int64(upto)})
	}
	return err
}

// cut is what a power cut leaves after the first n events. Of what was not synced, each sector is as it was at some
// moment since, or zeros where nothing was before; sizes are those of some moment too; and of the changes of the
// directory a prefix took place. If sync lies, nothing was ever promised since the first liar.
func (r *recorder) cut(n int, rng *rand.Rand, sectorSize int, honest int) *simDisk {
	log, after := r.log[:n], newSimDisk()
	names, pending := r.start, []map[string]*simFile{}
	for i, e := range log {
		switch {
		case e.op == "names":
			pending = append(pending, e.names)
		case e.op == "syncdir" && i < honest && len(pending) > 0:
			names, pending = pending[len(pending)-1], nil
		}
	}
	if k := rng.IntN(len(pending) + 1); k > 0 {
		names = pending[k-1]
	}
	for name, f := range names {
		data := contentAfterCut(log, f, rng, sectorSize, honest)
		g := &simFile{data: data, synced: slices.Clone(data)}
		after.names[name], after.durable[name] = g, g
	}
	return after
}

// contentAfterCut mixes the versions that a file had since its last sync, sector by sector.
func contentAfterCut(log []event, f *simFile, rng *rand.Rand, sectorSize, honest int) []byte {
	versions := versionsOf(log, f, honest)
	size := len(versions[rng.IntN(len(versions))])
	if before := len(versions[0]); rng.IntN(3) == 0 && size > before {
		size = before + rng.IntN(size-before+1)
	}
	data := make([]byte, size)
	late := rng.Float64()
	for at := 0; at < size; at += sectorSize {
		v := versions[rng.IntN(len(versions))]
		if rng.Float64() < late {
			v = versions[len(versions)-1]
		}
		if at < len(v) {
			copy(data[at:min(at+sectorSize, size)], v[at:])
		}
	}
	return data
}

// versionsOf returns a file's content as it is durable, and after each change since.
func versionsOf(log []event, f *simFile, honest int) [][]byte {
	from := 0
	for i, e := range log {
		if e.op == "sync" && e.file == f && i < honest {
			from = int(e.size)
		}
	}
	data := slices.Clone(f.initial)
	var versions [][]byte
	for i, e := range log {
		if i == from {
			versions = [][]byte{slices.Clone(data)}
		}
		if e.file != f {
			continue
		}
		switch e.op {
		case "write":
			if end := int(e.off) + len(e.data); end > len(data) {
				data = append(data, make([]byte, end-len(data))...)
			}
			copy(data[e.off:], e.data)
		case "truncate":
			data = slices.Clone(data[:min(int(e.size), len(data))])
		}
		if i >= from && e.op != "sync" {
			versions = append(versions, slices.Clone(data))
		}
	}
	if versions == nil {
		versions = [][]byte{data}
	}
	return versions
}
