package journal

import (
	"context"
	"errors"
	"sync"
	"time"
)

// bufferLimit is the size of the buffer, in bytes, at which Append waits: while a sync takes its time, this much may
// gather.
const bufferLimit = 4 << 20

// Journal is an open journal. All its methods may be called from many goroutines at once.
type Journal struct {
	storage  *storage
	lock     *lock // nil for a temporary journal
	every    time.Duration
	volatile bool // never synced, removed by Close
	unnamed  bool // removed already

	mu      sync.Mutex
	room    *sync.Cond // the buffer was taken, or nobody will take it
	frames  encoder
	buf     []byte        // frames to write
	spare   []byte        // the buffer that is not in use
	wanted  uint64        // sequence number up to which someone waits
	inFile  uint64        // sequence number up to which all is written
	synced  uint64        // sequence number up to which all is durable
	written int64         // size of the file
	round   chan struct{} // closed when synced has moved, or never will again
	closing bool
	err     error // why the journal is dead

	wake       chan struct{} // wakes the writer; has room for one, so that no call is lost
	due        chan struct{} // wakes the syncer, likewise
	drained    chan struct{} // closed when the writer has ended
	dead       chan struct{}
	committers sync.WaitGroup
	shut       sync.Once
	removed    bool // by Remove, in shut
	shutErr    error
}

func newJournal(s *storage, o Options) *Journal {
	j := &Journal{
		storage: s,
		every:   o.Commit,
		frames:  encoder{seed: s.header.seed(), last: s.last},
		inFile:  s.last,
		synced:  s.last,
		written: s.size,
		round:   make(chan struct{}),
		wake:    make(chan struct{}, 1),
		due:     make(chan struct{}, 1),
		drained: make(chan struct{}),
		dead:    make(chan struct{}),
	}
	j.room = sync.NewCond(&j.mu)
	return j
}

func (j *Journal) start() {
	j.committers.Go(j.writeLoop)
	j.committers.Go(j.syncLoop)
}

// Append adds a record. It only encodes it, and does not keep it: the record is written at once, by the writer,
// and so survives the end of the process; it is synced with the next group, and then survives that of the machine.
// Append waits only while the disk is megabytes behind, and never for a sync alone. It fails with [ErrRecord] if
// the record is out of bounds, with [ErrDead] and with [ErrClosed].
func (j *Journal) Append(r Record) error {
	if err := check(r); err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for len(j.buf) >= bufferLimit && j.usable() == nil {
		j.room.Wait()
	}
	if err := j.usable(); err != nil {
		return err
	}
	idle := len(j.buf) == 0
	j.buf = j.frames.record(j.buf, r)
	if idle {
		nudge(j.wake)
	}
	return nil
}

// Sync returns nil when all that was appended before the call is durable. Callers who wait at the same time
// share one sync. It fails with the context's error, with [ErrDead] and with [ErrClosed].
func (j *Journal) Sync(ctx context.Context) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.usable(); err != nil {
		return err
	}
	for target := j.frames.last; j.synced < target; {
		j.wanted = max(j.wanted, target)
		nudge(j.wake)
		if err := j.await(ctx, j.round); err != nil {
			return err
		}
		if j.err != nil {
			return j.err
		}
	}
	return nil
}

// await waits for the end of a round without holding the mutex.
func (j *Journal) await(ctx context.Context, round <-chan struct{}) error {
	j.mu.Unlock()
	defer j.mu.Lock()
	select {
	case <-round:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Dead returns a channel that is closed when a write or a sync has failed. From then on every Append and Sync
// fails; what is durable will be found by the next Open.
func (j *Journal) Dead() <-chan struct{} { return j.dead }

// Err returns nil, or an error that wraps [ErrDead] and what failed.
func (j *Journal) Err() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.err
}

// usable returns why nothing can be appended, or nil. The mutex is held.
func (j *Journal) usable() error {
	if j.err != nil {
		return j.err
	}
	if j.closing {
		return ErrClosed
	}
	return nil
}

// Close makes durable what was appended, closes the file and gives the lock back, removing the lock's file. It
// returns what made the journal dead, if it is, or what went wrong now. A second call returns the same.
func (j *Journal) Close() error {
	j.shut.Do(func() { j.shutErr = errors.Join(j.stop(), j.unname(j.volatile), j.unlock()) })
	return j.shutErr
}

// Remove closes the journal and deletes it: the job is done, and nothing of it is left behind but copies of
// damaged files, and an empty file where a symbolic link leads. It fails with [ErrClosed] after Close, which has given up the right to the file.
func (j *Journal) Remove() error {
	j.shut.Do(func() {
		j.removed = true
		_ = j.stop() // what is deleted may as well be dead
		j.shutErr = errors.Join(j.unname(true), j.unlock())
	})
	if !j.removed {
		return ErrClosed
	}
	return j.shutErr
}

// stop ends writer and syncer, after a last sync, and closes the file.
func (j *Journal) stop() error {
	j.mu.Lock()
	j.closing = true
	j.room.Broadcast()
	j.mu.Unlock()
	nudge(j.wake)
	j.committers.Wait()
	return errors.Join(j.Err(), j.storage.close())
}

// unname removes the file, if it is to go. The lock is still held: nobody else has opened it.
func (j *Journal) unname(gone bool) error {
	if !gone || j.unnamed {
		return nil
	}
	s := j.storage
	if j.volatile {
		return remove(s.files, s.path)
	}
	return erase(s.files, s.path, s.linked)
}

func (j *Journal) unlock() error {
	if j.lock == nil {
		return nil
	}
	return j.lock.release()
}
