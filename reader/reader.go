package reader

import "sync"

// Options say how a Reader reads.
type Options struct {
	Mode    Mode
	Buffers int // chunks that may be out at once, in every mode: 16 unless stated
	Most    int // up to where [Reader.SetBuffers] may raise that: Buffers, unless more is stated

	system system // the real one
}

// withDefaults fills in what was not stated. Sixteen is the number of parts in flight by default.
func (o Options) withDefaults() Options {
	if o.Buffers <= 0 {
		o.Buffers = 16
	}
	o.Most = max(o.Most, o.Buffers)
	if !canMap {
		o.Mode = Pread
	}
	if o.system == nil {
		o.system = kernel{}
	}
	return o
}

// Reader opens files and owns the memory that their parts are read into. It may be used by many goroutines at once.
type Reader struct {
	mode    Mode
	system  system
	slots   *slots
	budget  budget
	buffers buffers

	mu    sync.Mutex
	local map[uint64]bool // by device: what its file system is does not change while it is mounted
}

// New returns a Reader. It takes no memory before it reads.
func New(o Options) *Reader {
	o = o.withDefaults()
	return &Reader{mode: o.Mode, system: o.system, slots: newSlots(o.Buffers, o.Most), local: map[uint64]bool{}}
}

// Open opens the regular file at path, following symbolic links. It never waits for a writer at the other end of
// a FIFO. It fails with [ErrNotRegular], saying what the thing is instead, or with the system's error. The Source
// must be closed.
func (r *Reader) Open(path string) (*Source, error) {
	f, id, err := r.system.open(path)
	if err != nil {
		return nil, refusal(path, err)
	}
	return &Source{reader: r, path: path, id: id, file: opened{f, r.system}}, nil
}

// Close gives the memory of idle buffers back to the system; that of chunks still out follows when they are
// released. A Reader that is used as long as the process lives need not be closed.
func (r *Reader) Close() { r.buffers.close() }

// SetBuffers changes how many chunks may be out at once: from 1 to Options.Most, whatever n is. It does not wait; where
// more than n are out, so many are as they are released, and the memory of the others is given back.
func (r *Reader) SetBuffers(n int) {
	for range r.slots.set(n) {
		r.buffers.shed()
	}
}

// took notes that c has its memory, and gives back what idle buffers hold too much now.
func (r *Reader) took(c *Chunk) {
	r.buffers.trim(r.budget.take(c.memory(), r.slots.now()))
}

// isLocal reports whether f, which lies on device, may be mapped as far as its file system is concerned. It asks
// without the lock: a file system that does not answer must hold up nobody else.
func (r *Reader) isLocal(device uint64, f file) bool {
	r.mu.Lock()
	local, known := r.local[device]
	r.mu.Unlock()
	if known {
		return local
	}
	local = f.local()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.local[device] = local
	return local
}
