package dir

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
)

const opPut = "put object"

// Put writes a file beside the objects, and renames it into its place; or links it there, if it is to be new.
func (s *Store) Put(ctx context.Context, o *sender.Object, p sender.Payload) (sender.Receipt, error) {
	name, err := nameOf(opPut, o.Key)
	if err != nil {
		return sender.Receipt{}, err
	}
	sum, err := s.put(ctx, name, o.OnlyNew, p)
	if err != nil {
		return sender.Receipt{}, failed(opPut, o.Key, 0, err)
	}
	return receiptOf(sum), nil
}

func (s *Store) put(ctx context.Context, name string, onlyNew bool, p sender.Payload) (hasher.Checksum, error) {
	if onlyNew {
		if err := s.vacant(name); err != nil {
			return hasher.Checksum{}, err
		}
	}
	f, staged, err := s.stage(ctx)
	if err != nil {
		return hasher.Checksum{}, err
	}
	visible := false
	defer func() {
		if !visible {
			_ = s.root.Remove(staged) // what is left is swept by a later run
		}
	}()
	sum, err := fill(ctx, f, p)
	if err != nil {
		return hasher.Checksum{}, err
	}
	if onlyNew {
		return sum, s.publishNew(staged, name)
	}
	err = s.publish(staged, name)
	visible = err == nil
	return sum, err
}

// fill writes a payload into a new file and closes it; its bytes are then on the disk.
func fill(ctx context.Context, f *os.File, p sender.Payload) (sum hasher.Checksum, err error) {
	defer closing(f, &err)
	if sum, err = write(ctx, f, p.Data, 0); err != nil {
		return sum, err
	}
	if err = agree(sum, p.Sums.Get(wire)); err != nil {
		return sum, err
	}
	return sum, syncData(f)
}

// stage makes a new file in the staging folder.
func (s *Store) stage(ctx context.Context) (f *os.File, staged string, err error) {
	if err := ctx.Err(); err != nil {
		return nil, "", err
	}
	staged = filepath.Join(staging, putPrefix+randomID())
	err = s.inStaging(func() error {
		f, err = s.root.OpenFile(staged, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
		return err
	})
	return f, staged, err
}

// randomID returns 128 random bits in hex.
func randomID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// receiptOf returns the receipt of bytes with a checksum. The ETag is the checksum, as this store knows no other.
func receiptOf(sum hasher.Checksum) sender.Receipt {
	return sender.Receipt{ETag: etagOf(sum), Checksum: sum}
}

func etagOf(sum hasher.Checksum) string { return fmt.Sprintf("%016x", sum.Uint64()) }
