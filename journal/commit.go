package journal

import (
	"fmt"
	"time"
)

// Two goroutines work for an open journal. The writer writes what was appended, at once: from then on the end of the
// process cannot undo it. The syncer makes it durable, every so often and when someone waits for it. They are two, so
// that what is appended while a sync takes its time is in the file nonetheless.

// batch is what the writer writes at once.
type batch struct {
	frames []byte
	upto   uint64 // sequence number of its last frame
	final  bool   // nothing comes after it
}

// writeLoop writes, and is the only one who does. It ends after the last batch, or when the journal is dead.
func (j *Journal) writeLoop() {
	defer close(j.drained)
	for range j.wake {
		b := j.take()
		if len(b.frames) > 0 {
			if err := writeAll(j.storage.file, b.frames); err != nil {
				j.die(err)
				return
			}
		}
		j.wrote(b)
		if b.final {
			return
		}
	}
}

// take takes the buffer. A dead journal has nothing more to write.
func (j *Journal) take() batch {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.err != nil {
		return batch{upto: j.inFile, final: true}
	}
	b := batch{upto: j.frames.last, final: j.closing}
	if len(j.buf) > 0 {
		b.frames, j.buf, j.spare = j.buf, j.spare[:0], nil
		j.room.Broadcast()
	}
	return b
}

// wrote notes what is in the file now, and wakes the syncer if someone waits for just that.
func (j *Journal) wrote(b batch) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.inFile = b.upto
	j.written += int64(len(b.frames))
	if b.frames != nil {
		j.spare = b.frames[:0]
	}
	j.room.Broadcast()
	if j.synced < j.wanted && j.wanted <= j.inFile {
		nudge(j.due)
	}
}

// syncLoop syncs, and is the only one who does. It ends after the writer, with a last sync, or when the journal is
// dead. A sync that fails is not tried again: the system may have dropped what it could not write, and a second sync
// would succeed without it.
func (j *Journal) syncLoop() {
	tick := time.NewTicker(j.every)
	defer tick.Stop()
	for final := false; !final; {
		all := true
		select {
		case <-tick.C:
		case <-j.due:
			all = false
		case <-j.drained:
			final = true
		}
		p, ok := j.unsynced(all)
		if !ok {
			continue
		}
		if err := j.sync(p); err != nil {
			j.die(err)
			return
		}
		j.settle(p)
	}
}

// unsynced returns how far the file is written, and whether that is to be synced: if anything is new, or if someone
// waits for it.
func (j *Journal) unsynced(all bool) (upto position, ok bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return position{j.written, j.inFile}, j.err == nil && j.synced < j.inFile && (all || j.synced < j.wanted)
}

// sync makes the file durable, and looks whether what it will vouch for is there.
func (j *Journal) sync(upto position) error {
	if j.volatile {
		return nil
	}
	if err := j.storage.file.Sync(); err != nil {
		return err
	}
	if err := j.storage.named(); err != nil {
		return err
	}
	proven, err := j.storage.prove(j.proven, upto)
	j.proven = proven
	return err
}

// settle notes how far the journal is durable, and tells those who wait.
func (j *Journal) settle(upto position) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.synced = upto.sequence
	j.endRound()
}

// die makes the journal dead for good. What killed it first counts.
func (j *Journal) die(cause error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.err != nil {
		return
	}
	j.err = fmt.Errorf("%w: %s: %w", ErrDead, j.storage.path, cause)
	close(j.dead)
	j.room.Broadcast()
	j.endRound()
}

func (j *Journal) endRound() {
	close(j.round)
	j.round = make(chan struct{})
}

// nudge wakes whoever receives from c, a channel with room for one. It never waits: one that is awake looks again.
func nudge(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
