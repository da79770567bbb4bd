package dir

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
)

const opHead = "head object"

// Head reads the whole file, as nothing else knows its checksum: it costs what reading the object costs. The
// checksum is thus of what the directory holds now, not of what it was given. Under [sender.WithoutChecksum] the file
// is not read.
func (s *Store) Head(ctx context.Context, key string) (sender.Info, error) {
	name, err := nameOf(opHead, key)
	if err != nil {
		return sender.Info{}, err
	}
	info, err := s.head(ctx, name)
	if err != nil {
		return sender.Info{}, failed(opHead, key, 0, err)
	}
	return info, nil
}

func (s *Store) head(ctx context.Context, name string) (sender.Info, error) {
	if err := ctx.Err(); err != nil {
		return sender.Info{}, err
	}
	f, err := s.openObject(name)
	if err != nil {
		return sender.Info{}, err
	}
	defer f.Close()
	if !sender.WantsChecksum(ctx) {
		stat, err := f.Stat()
		if err != nil {
			return sender.Info{}, err
		}
		return sender.Info{Size: stat.Size(), Modified: stat.ModTime()}, nil
	}
	sum, size, err := read(ctx, f)
	if err != nil {
		return sender.Info{}, err
	}
	stat, err := f.Stat()
	if err != nil {
		return sender.Info{}, err
	}
	return sender.Info{Size: size, ETag: etagOf(sum), Modified: stat.ModTime(), Checksum: sum}, nil
}

// openObject opens a regular file. It looks before, as opening a pipe would wait for its other end.
func (s *Store) openObject(name string) (*os.File, error) {
	stat, err := s.root.Stat(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, sender.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	if !stat.Mode().IsRegular() {
		return nil, sender.ErrNotFound
	}
	f, err := s.root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, sender.ErrNotFound
	}
	return f, err
}

// read returns the checksum and the size of a file.
func read(ctx context.Context, f *os.File) (hasher.Checksum, int64, error) {
	block := blocks.Get().(*[blockSize]byte)
	defer blocks.Put(block)
	sum := hasher.NewDigest(hasher.SetOf(wire))
	var size int64
	for {
		if err := ctx.Err(); err != nil {
			return hasher.Checksum{}, 0, err
		}
		n, err := f.Read(block[:])
		size += int64(n)
		if _, err := sum.Write(block[:n]); err != nil {
			return hasher.Checksum{}, 0, err
		}
		if err == io.EOF {
			return sum.Sums().Get(wire), size, nil
		}
		if err != nil {
			return hasher.Checksum{}, 0, err
		}
	}
}
