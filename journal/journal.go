package journal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
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
	ahead    uint64 // records that may wait to be written; 0: any number
	volatile bool   // never synced, and gone when it is closed

	mu      sync.Mutex
	room    *sync.Cond // the buffer was taken or written, or nobody will take it
	frames  encoder
	buf     []byte        // frames to write
	spare   []byte        // the buffer that is not in use
	wanted  uint64        // sequence number up to which someone waits
	inFile  uint64        // sequence number up to which all is written
	synced  uint64        // sequence number up to which all is durable
	written int64         // size of the file
	round   chan struct{} // closed when synced has moved, or never will again
	closing bool
	stored  stored
	err     error // why the journal is dead

	proven proof // of what was vouched for last; the syncer's own

	wake       chan struct{} // wakes the writer; has room for one, so that no call is lost
	due        chan struct{} // wakes the syncer, likewise
	drained    chan struct{} // closed when the writer has ended
	dead       chan struct{}
	committers sync.WaitGroup
	shut       sync.Once
	removed    bool // by Remove, in shut
	shutErr    error
}

// newJournal goes on with a file that is sound, and of which the state is true.
func newJournal(s *storage, state *State, o Options) *Journal {
	j := &Journal{
		storage: s,
		every:   o.Commit,
		ahead:   uint64(o.Ahead),
		frames:  encoder{seed: s.header.seed(), last: s.last},
		inFile:  s.last,
		synced:  s.last,
		written: s.size,
		stored:  newStored(state),
		proven:  proof{position{s.size, s.last}, s.seal},
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
// Append waits only while the disk is behind with writing, by 4 MiB or by [Options.Ahead] records, and never for a sync
// alone. It fails with [ErrRecord] if the record is out of bounds, or is an [Outcome] that takes back what is stored: of
// a [Done], [Kept] or [CallbackFailed] row any, of an [Unverified] one Failed. It fails with [ErrDead] and with
// [ErrClosed].
func (j *Journal) Append(r Record) error {
	if err := check(r); err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for j.behind() && j.usable() == nil {
		j.room.Wait()
	}
	if err := j.usable(); err != nil {
		return err
	}
	idle := len(j.buf) == 0
	if err := j.encode(r); err != nil {
		return err
	}
	if idle {
		nudge(j.wake)
	}
	return nil
}

// behind reports whether so much waits to be written that nothing may be added. The mutex is held.
func (j *Journal) behind() bool {
	return len(j.buf) >= bufferLimit || j.ahead > 0 && j.frames.last-j.inFile >= j.ahead
}

// encode adds the record's frame to the buffer, or leaves it as it is. The mutex is held.
func (j *Journal) encode(r Record) error {
	o, settles := r.(Outcome)
	if settles {
		if err := j.stored.allows(o.Row, o.Status); err != nil {
			return err
		}
	}
	start := len(j.buf)
	j.buf = j.frames.record(j.buf, r)
	if bears(j.buf[start:], j.frames.seed) {
		j.buf = j.buf[:start]
		j.frames.last--
		return fmt.Errorf("%w: it holds a record of this journal in one of its texts", ErrRecord)
	}
	if settles {
		j.stored.note(o.Row, o.Status)
	}
	return nil
}

// Sync returns nil when all that was appended before the call is durable. Callers who wait at the same time
// share one sync. Before it vouches for the records it reads them back from the file of the journal's name. It fails
// with the context's error, with [ErrDead], which wraps [ErrChanged] if they are not there, and with [ErrClosed].
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
// returns what made the journal dead, if it is, or what went wrong now: [ErrChanged] if the file is not the journal
// any more. A second call returns the same.
func (j *Journal) Close() error {
	j.shut.Do(func() {
		j.stop()
		err := j.Err()
		if err == nil {
			err = j.named()
		}
		j.shutErr = errors.Join(err, j.storage.close(), j.unlock())
	})
	return j.shutErr
}

// Remove closes the journal and deletes it: the job is done, and nothing of it is left behind but copies of
// damaged files, and an empty file where a symbolic link leads. What somebody else has put in the journal's place, or
// into its file, stays, and is [ErrChanged]. Remove fails with [ErrClosed] after Close, which has given up the right
// to the file.
func (j *Journal) Remove() error {
	j.shut.Do(func() {
		j.removed = true
		j.stop() // what is deleted may as well be dead
		ours := j.named()
		if err := j.Err(); errors.Is(err, ErrChanged) && ours == nil {
			ours = err
		}
		j.shutErr = errors.Join(j.storage.close(), j.erase(ours), j.unlock())
	})
	if !j.removed {
		return ErrClosed
	}
	return j.shutErr
}

// stop ends writer and syncer, after a last sync.
func (j *Journal) stop() {
	j.mu.Lock()
	j.closing = true
	j.room.Broadcast()
	j.mu.Unlock()
	nudge(j.wake)
	j.committers.Wait()
}

// named fails with ErrChanged if the journal's name is not its own any more. A volatile one never had a name.
func (j *Journal) named() error {
	if j.volatile {
		return nil
	}
	return j.storage.named()
}

// erase deletes the file if it is ours. The lock is still held: nobody else has opened it.
func (j *Journal) erase(ours error) error {
	if j.volatile || errors.Is(ours, fs.ErrNotExist) {
		return nil
	}
	if ours != nil {
		return fmt.Errorf("remove the journal: %w", ours)
	}
	return erase(j.storage.files, j.storage.path, j.storage.linked)
}

func (j *Journal) unlock() error {
	if j.lock == nil {
		return nil
	}
	return j.lock.release()
}
