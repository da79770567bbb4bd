//go:build linux || darwin

package pipeline

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/reader"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/sendertest"
)

// Sources are changed in every way, at every step of their way and in the middle of it. No object that is ever
// visible is a mix of two states of its source, no change ends the process, and a later run brings all rows to done.
func TestSourcesThatChangeAreNeverMixed(t *testing.T) {
	changes, done, failed := 0, int64(0), int64(0)
	torture(t, 12, func(t *testing.T, luck *luck) {
		m := newMutants(t, luck)
		p := m.trial()
		changes, done, failed = changes+m.changes, done+p.Done, failed+p.Failed
	})
	t.Logf("%d changes: %d rows whole, %d failed, none mixed", changes, done, failed)
}

// mutants are files that change. Every eight bytes of them name the file and the state that wrote them.
type mutants struct {
	*lab
	luck *luck
	calm bool // nobody writes any more

	mu      sync.Mutex
	changes int
	version uint32
	content map[string][]byte          // of each file now
	states  map[hasher.Checksum]string // every content that a file ever had while nobody wrote to it, and whose
}

func newMutants(t *testing.T, luck *luck) *mutants {
	m := &mutants{luck: luck, content: map[string][]byte{}, states: map[hasher.Checksum]string{}}
	store := sendertest.MemoryOptions{}
	if luck.one(4) {
		store.NoChecksum = true
	}
	m.lab = newLabOn(t, sendertest.NewMemoryWith(store))
	m.faults = sendertest.NewFaults(&witness{m.memory, m})
	m.mode = []reader.Mode{reader.Pread, reader.Mmap}[luck.below(2)]
	m.between = m.shake
	m.write("other", m.next("other", m.size()))
	for i := range 9 {
		name := fmt.Sprint("f", i)
		m.write(name, m.next(name, m.size()))
		m.row(name)
	}
	return m
}

// size draws one: of one part or less, or of many.
func (m *mutants) size() int {
	if m.luck.one(3) {
		return 8 * (1 + m.luck.below(partSize/8))
	}
	return 8 * (partSize/8 + m.luck.below(20*partSize/8))
}

// next returns a new state for a file.
func (m *mutants) next(name string, size int) []byte {
	m.version++
	data := make([]byte, 0, size)
	for len(data) < size {
		data = binary.BigEndian.AppendUint32(data, m.version)
		data = append(data, name+"  "...)
	}
	m.note(name, data[:size])
	return data[:size]
}

func sumOf(data []byte) hasher.Checksum {
	return hasher.Sum(data, hasher.SetOf(hasher.SHA256)).Get(hasher.SHA256)
}

func (m *mutants) note(name string, data []byte) {
	m.content[name] = data
	m.states[sumOf(data)] = name
}

// trial runs the job while the sources change, and then until it is done while they do not.
func (m *mutants) trial() Progress {
	over, stop := context.WithCancel(m.Context())
	var writer sync.WaitGroup
	writer.Go(func() {
		for slept(over, time.Duration(m.luck.below(4000))*time.Microsecond) {
			m.change(fmt.Sprint("f", m.luck.below(9)))
		}
	})
	p, err := m.run()
	stop()
	writer.Wait()
	if err != nil || p.Done+p.Unverified+p.Failed != p.Rows {
		m.Fatalf("%+v, %v", p, err)
	}
	m.heal()
	if again, err := m.run(); err != nil || again.Failed != 0 || again.Done+again.Unverified != again.Rows {
		m.Errorf("once nobody writes any more: %+v, %v", again, err)
		m.complain()
	}
	if n := m.memory.OpenUploads(); n != 0 {
		m.Errorf("%d uploads are left open", n)
	}
	p.Done += p.Unverified
	return p
}

// heal gives every source a last state.
func (m *mutants) heal() {
	m.calm = true
	for name := range m.content {
		if name == "other" {
			continue
		}
		if err := os.RemoveAll(m.path(name)); err != nil {
			m.Fatal(err)
		}
		m.write(name, m.next(name, m.size()))
	}
}

// change does one thing to a source.
func (m *mutants) change(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.changes++
	path, now := m.path(name), m.content[name]
	ways := []func() error{
		func() error { return m.renameOver(name, path, now) },
		func() error { return m.replace(path, func() error { return os.Mkdir(path, 0o700) }) },
		func() error { return m.replace(path, func() error { return os.Symlink(m.path("other"), path) }) },
		func() error { return m.replace(path, func() error { return syscall.Mkfifo(path, 0o600) }) },
		func() error { return os.Remove(path) },
		func() error { return m.truncate(name, path, now) },
		func() error { return m.grow(name, path, now) },
		func() error { return m.rewrite(name, path, now) },
		func() error { return m.rewrite(name, path, now) },
		func() error { return os.Chmod(path, 0) },
	}
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		ways = ways[:5]
	}
	_ = ways[m.luck.below(len(ways))]() // what vanished cannot be removed
}

func (m *mutants) truncate(name, path string, now []byte) error {
	now = now[:m.luck.below(len(now)+1)]
	m.note(name, now)
	return os.Truncate(path, int64(len(now)))
}

func (m *mutants) grow(name, path string, now []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	more := m.next(name, 8*(1+m.luck.below(2*partSize/8)))
	m.note(name, slices.Concat(now, more))
	_, err = f.WriteAt(more, int64(len(now)))
	return err
}

// rewrite keeps the size, and puts the time back.
func (m *mutants) rewrite(name, path string, now []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() != int64(len(now)) {
		return err
	}
	_, err = f.WriteAt(m.next(name, len(now)), 0)
	return errors.Join(err, os.Chtimes(path, info.ModTime(), info.ModTime()))
}

func (m *mutants) renameOver(name, path string, now []byte) error {
	if err := os.WriteFile(path+".new", m.next(name, max(8, len(now))), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

func (m *mutants) replace(path string, by func() error) error {
	return errors.Join(os.Remove(path), by())
}

// shake changes sources between the steps of their way.
func (m *mutants) shake(open opener) opener {
	return func(path string) (source, error) {
		m.perhaps(path)
		s, err := open(path)
		if err != nil {
			return nil, err
		}
		m.perhaps(path)
		return &shaken{s, path, m}, nil
	}
}

func (m *mutants) perhaps(path string) {
	if !m.calm && m.luck.one(30) {
		m.change(path[len(m.dir)+1:])
	}
}

// shaken is a source that changes before and after it is read.
type shaken struct {
	source
	path string
	m    *mutants
}

func (s *shaken) Read(ctx context.Context, off int64, n int) (*reader.Chunk, error) {
	s.m.perhaps(s.path)
	defer s.m.perhaps(s.path)
	return s.source.Read(ctx, off, n)
}

func (s *shaken) Copy(ctx context.Context, off int64, n int) (*reader.Chunk, error) {
	s.m.perhaps(s.path)
	defer s.m.perhaps(s.path)
	return s.source.Copy(ctx, off, n)
}

func (s *shaken) Unchanged() error {
	s.m.perhaps(s.path)
	err := s.source.Unchanged()
	s.m.perhaps(s.path)
	return err
}

// witness is a store that looks at every object as soon as it is visible, and changes sources before it stores.
type witness struct {
	*sendertest.Memory
	m *mutants
}

func (w *witness) Put(ctx context.Context, o *sender.Object, p sender.Payload) (sender.Receipt, error) {
	w.m.perhaps(w.m.path(o.Key))
	r, err := w.Memory.Put(ctx, o, w.late(p))
	w.look(o.Key, err)
	return r, err
}

func (w *witness) SendPart(ctx context.Context, u sender.Upload, p sender.Part) (sender.Receipt, error) {
	w.m.perhaps(w.m.path(u.Key))
	p.Payload = w.late(p.Payload)
	return w.Memory.SendPart(ctx, u, p)
}

func (w *witness) Complete(ctx context.Context, u sender.Upload, o *sender.Object, c sender.Completion) (sender.Receipt, error) {
	r, err := w.Memory.Complete(ctx, u, o, c)
	w.look(o.Key, err)
	return r, err
}

// late takes the checksums off a payload, now and then: OSS compares none before the object is visible.
func (w *witness) late(p sender.Payload) sender.Payload {
	if w.m.luck.one(2) {
		p.Sums = hasher.Sums{}
	}
	return p
}

// look wants the object to be a state that its source once had. It may be the other file, to which links lead.
func (w *witness) look(key string, err error) {
	if err != nil {
		return
	}
	data, _ := w.Memory.Read(key)
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	if of := w.m.states[sumOf(data)]; of != key && of != "other" {
		w.m.Errorf("%q is visible with %d bytes that are no state of its source, but one of %q", key, len(data), of)
	}
}
