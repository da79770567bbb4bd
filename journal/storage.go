package journal

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// storage is a journal as a file. After open it stands at its end, sound, and only the writer and the syncer touch it.
type storage struct {
	files  files
	path   string
	linked bool // a symbolic link led to path
	tool   string

	file   file // nil if there is none to go on with
	header *Header
	first  int64  // offset of the first frame
	size   int64  // of the file, in bytes
	last   uint64 // sequence number of the last frame
	seal   uint64 // what the file ends with: the checksum of that frame, or of the header
}

// open reads the journal and makes it sound, creating it if need be. The lock is held.
func (s *storage) open(job Job) (*State, error) {
	// What a crash left of a file that was being written anew is of no use: the journal is still in its place.
	if err := remove(s.files, s.path+tempSuffix); err != nil {
		return nil, err
	}
	created, err := s.openOrCreate(job)
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	state, err := s.recover(job)
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	state.New, state.Created = created, s.header.Created
	return state, nil
}

// openOrCreate opens the file. An empty one is as good as none: nothing was ever promised in it.
func (s *storage) openOrCreate(job Job) (created bool, err error) {
	err = s.reopen()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	if err == nil && s.size > 0 {
		return false, nil
	}
	if err := s.close(); err != nil {
		return false, err
	}
	return true, s.create(job)
}

// create puts a journal without records in place, so that no crash leaves half a header.
func (s *storage) create(job Job) error {
	h := s.newHeader(job)
	err := s.prepare(h, func(w io.Writer) (last uint64, err error) {
		_, err = writeHeader(w, h)
		return 0, err
	})
	if err != nil {
		return err
	}
	if err := place(s.files, s.path); err != nil {
		return err
	}
	return s.reopen()
}

func (s *storage) newHeader(job Job) *Header {
	h := &Header{Version: Version, Created: time.Now(), Tool: s.tool, Job: job}
	_, _ = rand.Read(h.ID[:]) // never fails
	return h
}

func writeHeader(w io.Writer, h *Header) (int64, error) {
	b := h.encode()
	return int64(len(b)), writeAll(w, b)
}

// reopen opens the file that the path names now.
func (s *storage) reopen() (err error) {
	if s.file, err = s.files.Open(s.path, os.O_RDWR); err != nil {
		s.file = nil
		return err
	}
	ok, err := s.files.Own(s.file)
	if err == nil && !ok {
		err = fmt.Errorf("%w: the file itself is locked: it has another name, or somebody removed its lock", ErrLocked)
	}
	if err != nil {
		return err
	}
	s.size, err = s.file.Seek(0, io.SeekEnd)
	return err
}

// named fails with ErrChanged unless the path is still the name of the open file.
func (s *storage) named() error {
	ok, err := s.files.Names(s.path, s.file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: somebody has removed it: %w", ErrChanged, err)
	case err != nil:
		return err
	case !ok:
		return fmt.Errorf("%w: %s is another file now", ErrChanged, s.path)
	}
	return nil
}

// improvise makes a journal in a file that nobody else will see.
func (s *storage) improvise(job Job) error {
	f, err := newScratch(s.files, "ingest-*.journal")
	if err != nil {
		return err
	}
	s.file, s.header = f, s.newHeader(job)
	s.size, err = writeHeader(f, s.header)
	s.first = s.size
	return err
}

// load opens the file that the path names now, only to read it.
func (s *storage) load() (err error) {
	if s.file, err = s.files.Open(s.path, os.O_RDONLY); err != nil {
		s.file = nil
		return err
	}
	s.size, err = s.file.Seek(0, io.SeekEnd)
	return err
}

func (s *storage) close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	return err
}

// recover replays the file and repairs it. It changes nothing before all of it was read.
func (s *storage) recover(job Job) (*State, error) {
	if err := s.identify(job); err != nil {
		return nil, err
	}
	p := &replay{}
	if err := s.replay(p); err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	s.last = p.last
	if err := s.repair(p); err != nil {
		return nil, err
	}
	if err := s.anchor(); err != nil {
		return nil, fmt.Errorf("sync what was found: %w", err)
	}
	var err error
	if s.seal, err = s.sealBefore(s.size); err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	_, err = s.file.Seek(s.size, io.SeekStart)
	return p.state, err
}

// anchor makes durable what the run goes on from. The one before may have been killed between a write, a cut or a
// rename and the sync behind it; then a power cut would take back the file, or its name, that all to come rests on.
func (s *storage) anchor() error {
	if err := s.file.Sync(); err != nil {
		return err
	}
	return s.files.SyncDir(filepath.Dir(s.path))
}

// identify reads the header and makes sure that the journal is of this job.
func (s *storage) identify(job Job) (err error) {
	s.header, s.first, err = readHeader(io.NewSectionReader(s.file, 0, s.size))
	if err != nil {
		return err
	}
	if s.header.Job != job {
		return fmt.Errorf("%w: %s", ErrOtherJob, s.header.Job.differences(job))
	}
	return nil
}

// frames reads the file's frames from the first one on.
func (s *storage) frames(size int64) *orderedReader {
	src := io.NewSectionReader(s.file, s.first, size-s.first)
	return &orderedReader{frames: newFrameReader(src, s.first, size-s.first, s.header.seed())}
}

func (s *storage) replay(p *replay) error {
	if err := p.run(s.frames(s.size), s.first); err != nil {
		return err
	}
	if p.end+p.state.Torn != s.size {
		return fmt.Errorf("%w: it got shorter while it was read", ErrChanged)
	}
	if !p.recount {
		return nil
	}
	p.state.Bytes = 0
	return settled(s.frames(s.size), &p.superseded, func(_ frame, o *Outcome) error {
		if o.Status.made() {
			p.state.Bytes += o.Size
		}
		return nil
	})
}

// repair makes the file sound: a damaged one must be written anew, and so must one of an older version, to which the
// records to come do not belong; a torn end is cut, and a file that is mostly of no use is written anew if that can be
// done.
func (s *storage) repair(p *replay) error {
	if d := p.state.Damage; d != nil {
		d.Copy = s.path + copySuffix
		if err := s.saveAs(d.Copy); err != nil {
			return fmt.Errorf("copy the damaged file: %w", err)
		}
		if err := s.compact(p); err != nil {
			return fmt.Errorf("write the damaged file anew: %w", err)
		}
		return nil
	}
	if err := s.cut(p); err != nil {
		return fmt.Errorf("cut the torn end: %w", err)
	}
	if s.header.Version < Version {
		if err := s.compact(p); err != nil {
			return fmt.Errorf("write the file anew in format version %d: %w", Version, err)
		}
		return nil
	}
	if !wasteful(p) {
		return nil
	}
	if err := s.compact(p); s.file == nil {
		return fmt.Errorf("compact: %w", err)
	}
	return nil
}

// cut ends the file behind its last frame. It is synced before anything is written there, so that the torn end does
// not come back behind new frames.
func (s *storage) cut(p *replay) error {
	if p.state.Torn == 0 {
		return nil
	}
	if err := s.file.Truncate(p.end); err != nil {
		return err
	}
	s.size = p.end
	return nil
}

// saveAs copies the file as it is, in the place of an older copy.
func (s *storage) saveAs(path string) error {
	return writeWhole(s.files, path, func(w io.Writer) error {
		_, err := io.Copy(w, io.NewSectionReader(s.file, 0, s.size))
		return err
	})
}
