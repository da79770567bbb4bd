package journal

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
)

// slowDisk is a disk that holds up every write to an open journal until it is let go, once for each write.
type slowDisk struct {
	*simDisk
	writing bool          // the journal is open: what is written from now on is held up
	let     chan struct{} // one receive for each write; closed: none waits any more
	fails   error         // what a write that was let go ends with, or nil
}

type slowHandle struct {
	*simHandle
	disk *slowDisk
}

func newSlowDisk() *slowDisk {
	return &slowDisk{simDisk: newSimDisk(), let: make(chan struct{})}
}

func (d *slowDisk) Open(path string, flag int) (file, error) {
	f, err := d.simDisk.Open(path, flag)
	if err != nil {
		return nil, err
	}
	return &slowHandle{f.(*simHandle), d}, nil
}

func (d *slowDisk) Own(f file) (bool, error) { return d.simDisk.Own(f.(*slowHandle).simHandle) }

func (d *slowDisk) Names(path string, f file) (bool, error) {
	return d.simDisk.Names(path, f.(*slowHandle).simHandle)
}

func (h *slowHandle) Write(p []byte) (int, error) {
	if h.disk.writing {
		<-h.disk.let
	}
	if h.disk.fails != nil {
		return 0, h.disk.fails
	}
	return h.simHandle.Write(p)
}

// behindDisk runs a test in which ten records are appended to a journal that may be three ahead of a disk that stands.
func behindDisk(t *testing.T, test func(t *testing.T, b *backlog)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "j")
	synctest.Test(t, func(t *testing.T) {
		d := newSlowDisk()
		j, _, err := Open(path, testJob, Options{Ahead: 3, files: d})
		if err != nil {
			t.Fatal(err)
		}
		d.writing = true
		b := &backlog{Journal: j, disk: d}
		b.appending.Go(b.appendTen)
		synctest.Wait()
		if n := b.appended(); n != 3 {
			t.Errorf("%d records were taken while the disk stood, want 3", n)
		}
		test(t, b)
		b.appending.Wait()
	})
}

// backlog is a journal to which somebody appends faster than it is written.
type backlog struct {
	*Journal
	disk      *slowDisk
	appending sync.WaitGroup

	count sync.Mutex
	taken int
	ended error // what Append failed with, or nil
}

func (b *backlog) appendTen() {
	for i := range 10 {
		err := b.Append(part(1, i+1))
		b.count.Lock()
		b.ended = err
		if err == nil {
			b.taken++
		}
		b.count.Unlock()
		if err != nil {
			return
		}
	}
}

func (b *backlog) appended() int {
	b.count.Lock()
	defer b.count.Unlock()
	return b.taken
}

func (b *backlog) failure() error {
	b.count.Lock()
	defer b.count.Unlock()
	return b.ended
}

func TestKillTakesMoreRecordsThanMayWait(t *testing.T) {
	behindDisk(t, func(t *testing.T, b *backlog) {
		// The first write may hold any of the three, and the second the others: what is written makes room, no more.
		for range 10 {
			select {
			case b.disk.let <- struct{}{}:
			default: // nothing is being written
			}
			synctest.Wait()
			b.mu.Lock()
			waiting := b.frames.last - b.inFile
			b.mu.Unlock()
			if waiting > 3 {
				t.Errorf("%d records wait to be written, want at most 3", waiting)
			}
			if b.appended() == 10 {
				break
			}
		}
		if n := b.appended(); n != 10 {
			t.Errorf("%d records were taken, of 10, though the disk writes again", n)
		}
		close(b.disk.let)
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestDeathLeavesWaitingWhoeverIsAhead(t *testing.T) {
	behindDisk(t, func(t *testing.T, b *backlog) {
		b.disk.fails = errors.New("no space")
		close(b.disk.let)
		b.appending.Wait()
		if err := b.failure(); !errors.Is(err, ErrDead) || b.appended() != 3 {
			t.Errorf("%v, and %d records were taken", err, b.appended())
		}
		_ = b.Close() // it is dead
	})
}

// Close makes durable what was taken, and lets go whoever was to be taken.
func TestCloseLeavesWaitingWhoeverIsAhead(t *testing.T) {
	behindDisk(t, func(t *testing.T, b *backlog) {
		var closing sync.WaitGroup
		closing.Go(func() {
			if err := b.Close(); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		if err := b.failure(); !errors.Is(err, ErrClosed) {
			t.Errorf("who waits for room while the journal is closed: %v", err)
		}
		close(b.disk.let)
		closing.Wait()
	})
}

// Sync waits for what was taken to be written and synced; it asks for no room, and takes none from who waits for it.
func TestSyncWaitsForRoom(t *testing.T) {
	behindDisk(t, func(t *testing.T, b *backlog) {
		cut, cancel := context.WithCancel(t.Context())
		cancel()
		if err := b.Sync(cut); !errors.Is(err, context.Canceled) {
			t.Errorf("while the disk stands: %v", err)
		}
		close(b.disk.let)
		if err := b.Sync(t.Context()); err != nil {
			t.Error(err)
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
}
