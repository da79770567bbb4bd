package dir

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"time"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
)

const (
	opBegin    = "begin upload"
	opSendPart = "send part"
	opParts    = "list parts"
	opComplete = "complete upload"
	opAbort    = "abort upload"
)

// Begin makes the folder of an upload. It is on the disk when Begin returns.
func (s *Store) Begin(ctx context.Context, o *sender.Object) (sender.Upload, error) {
	name, err := nameOf(opBegin, o.Key)
	if err != nil {
		return sender.Upload{}, err
	}
	if err = ctx.Err(); err == nil && o.OnlyNew {
		err = s.vacant(name)
	}
	if err != nil {
		return sender.Upload{}, failed(opBegin, o.Key, 0, err)
	}
	id := randomID()
	if err := s.create(id, meta{metaVersion, o.Key, time.Now().UTC()}); err != nil {
		s.discard(id)
		return sender.Upload{}, failed(opBegin, o.Key, 0, err)
	}
	return sender.Upload{Key: o.Key, ID: id}, nil
}

// SendPart writes a part where it belongs. It is on the disk when SendPart returns. Parts of one upload are written
// at the same time unless they overlap or have the same number.
func (s *Store) SendPart(ctx context.Context, u sender.Upload, p sender.Part) (sender.Receipt, error) {
	sum, err := s.sendPart(ctx, u, p)
	if err != nil {
		return sender.Receipt{}, failed(opSendPart, u.Key, p.Number, err)
	}
	return receiptOf(sum), nil
}

func (s *Store) sendPart(ctx context.Context, u sender.Upload, p sender.Part) (hasher.Checksum, error) {
	if err := ctx.Err(); err != nil {
		return hasher.Checksum{}, err
	}
	if p.Number < 1 || p.Offset < 0 {
		return hasher.Checksum{}, fmt.Errorf("a part has number %d and offset %d", p.Number, p.Offset)
	}
	up, err := s.open(u)
	if err != nil {
		return hasher.Checksum{}, err
	}
	r := record{number: p.Number, offset: p.Offset, size: int64(len(p.Data))}
	mine, err := up.claim(ctx, r)
	if err != nil {
		return hasher.Checksum{}, err
	}
	defer up.release(mine)
	if err := up.drop(r); err != nil {
		return hasher.Checksum{}, gone(err)
	}
	if r.sum, err = s.writePart(ctx, up.id, p); err != nil {
		return hasher.Checksum{}, gone(err)
	}
	return r.sum, gone(up.hold(r))
}

// writePart puts a part's bytes on the disk.
func (s *Store) writePart(ctx context.Context, id string, p sender.Part) (sum hasher.Checksum, err error) {
	f, err := s.root.OpenFile(s.path(id, dataFile), os.O_WRONLY, fileMode)
	if err != nil {
		return sum, err
	}
	defer closing(f, &err)
	if sum, err = write(ctx, f, p.Data, p.Offset); err != nil {
		return sum, err
	}
	if err = agree(sum, p.Sums.Get(wire)); err != nil {
		return sum, err
	}
	return sum, syncData(f)
}

// Parts yields the parts as they are when it is called.
func (s *Store) Parts(ctx context.Context, u sender.Upload) iter.Seq2[sender.StoredPart, error] {
	return func(yield func(sender.StoredPart, error) bool) {
		err := ctx.Err()
		var up *upload
		if err == nil {
			up, err = s.open(u)
		}
		if err != nil {
			yield(sender.StoredPart{}, failed(opParts, u.Key, 0, err))
			return
		}
		for _, p := range up.parts() {
			stored := sender.StoredPart{Number: p.number, Size: p.size, ETag: etagOf(p.sum), Checksum: p.sum}
			if !yield(stored, nil) {
				return
			}
		}
	}
}

// Complete renames the upload's bytes into the object's place. It waits for the parts that are being sent.
func (s *Store) Complete(ctx context.Context, u sender.Upload, o *sender.Object, c sender.Completion) (sender.Receipt, error) {
	name, err := nameOf(opComplete, u.Key)
	if err != nil {
		return sender.Receipt{}, err
	}
	sum, err := s.complete(ctx, u, name, o, c)
	if err != nil {
		return sender.Receipt{}, failed(opComplete, u.Key, 0, err)
	}
	return receiptOf(sum), nil
}

func (s *Store) complete(ctx context.Context, u sender.Upload, name string, o *sender.Object, c sender.Completion) (hasher.Checksum, error) {
	up, err := s.seize(ctx, u)
	if err != nil {
		return hasher.Checksum{}, err
	}
	defer up.release(up.all)
	sum, err := up.whole(o.Size, c)
	if err != nil {
		return hasher.Checksum{}, err
	}
	if err := s.trim(up.upload, o.Size); err != nil {
		return hasher.Checksum{}, gone(err)
	}
	publish := s.publish
	if o.OnlyNew {
		publish = s.moveNew
	}
	if err := publish(s.path(up.id, dataFile), name); err != nil {
		return hasher.Checksum{}, err
	}
	s.end(up.upload)
	return sum, nil
}

// moveNew is publish, but fails with ErrExists where there is an object. The upload loses its bytes before they become
// the object's: were they still its own when the process dies, its next parts would be written into the object.
func (s *Store) moveNew(data, name string) error {
	if err := s.vacant(name); err != nil {
		return err
	}
	staged := filepath.Join(staging, putPrefix+randomID())
	if err := s.root.Rename(data, staged); err != nil {
		return err
	}
	if err := s.publishNew(staged, name); err != nil {
		return errors.Join(err, s.root.Rename(staged, data))
	}
	_ = s.root.Remove(staged) // what is left is swept by a later run
	return nil
}

// seized is an upload that one call has for itself.
type seized struct {
	*upload
	all *claim
}

// seize waits until nobody else uses an upload.
func (s *Store) seize(ctx context.Context, u sender.Upload) (seized, error) {
	if err := ctx.Err(); err != nil {
		return seized{}, err
	}
	up, err := s.open(u)
	if err != nil {
		return seized{}, err
	}
	all, err := up.claim(ctx, everything)
	return seized{up, all}, err
}

// whole returns the checksum of the object that the parts make, or why they make none.
func (u *upload) whole(size int64, c sender.Completion) (hasher.Checksum, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	var sum hasher.Whole
	var end int64
	for _, p := range c.Parts {
		r, ok := u.log.parts[p.Number]
		switch {
		case !ok:
			return hasher.Checksum{}, invalid(u.key, p.Number, "it was not sent")
		case etagOf(r.sum) != p.ETag || r.size != p.Size:
			return hasher.Checksum{}, invalid(u.key, p.Number, "it is another one")
		case r.offset != end:
			return hasher.Checksum{}, invalid(u.key, p.Number, fmt.Sprintf("it begins at %d, not at %d", r.offset, end))
		}
		if err := sum.Add(r.sum, r.size); err != nil {
			return hasher.Checksum{}, err
		}
		end = r.end()
	}
	if end != size || len(c.Parts) == 0 {
		return hasher.Checksum{}, invalid(u.key, 0, fmt.Sprintf("the parts have %d bytes, the object %d", end, size))
	}
	return sum.Sum(), u.contradicted(sum.Sum(), c.Whole)
}

// contradicted returns an error if the parts make another object than was meant. Nothing can repair that but other
// parts, so that the same call is not tried again.
func (u *upload) contradicted(sum, meant hasher.Checksum) error {
	err := agree(sum, meant)
	if err == nil {
		return nil
	}
	return &sender.Error{Op: opComplete, Key: u.key, Kind: sender.GiveUp, Err: err}
}

func invalid(key string, part int, why string) error {
	return &sender.Error{Op: opComplete, Key: key, Part: part, Err: fmt.Errorf("%w: %s", sender.ErrInvalidPart, why)}
}

// trim cuts the upload's bytes to the object's size, after the log has forgotten what lies behind: the object may yet
// fail to become visible.
func (s *Store) trim(u *upload, size int64) (err error) {
	f, err := s.root.OpenFile(s.path(u.id, dataFile), os.O_WRONLY, fileMode)
	if err != nil {
		return err
	}
	defer closing(f, &err)
	stat, err := f.Stat()
	switch {
	case err != nil || stat.Size() == size:
		return err
	case stat.Size() < size:
		return invalid(u.key, 0, fmt.Sprintf("of %d bytes only %d are there", size, stat.Size()))
	}
	if err := u.dropFrom(size); err != nil {
		return err
	}
	if err := f.Truncate(size); err != nil {
		return err
	}
	return syncData(f)
}

// dropFrom makes the log forget the parts that reach beyond an offset.
func (u *upload) dropFrom(offset int64) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.log.append(dropped, u.log.touching(record{number: -1, offset: offset, size: everything.size / 2})...)
}

// Abort removes an upload. It waits for the parts that are being sent.
func (s *Store) Abort(ctx context.Context, u sender.Upload) error {
	up, err := s.seize(ctx, u)
	switch {
	case errors.Is(err, sender.ErrNoSuchUpload):
		s.discardRest(u.ID)
		return nil
	case err != nil:
		return failed(opAbort, u.Key, 0, err)
	}
	defer up.release(up.all)
	if err := s.root.Remove(s.path(up.id, metaFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return failed(opAbort, u.Key, 0, err)
	}
	s.end(up.upload)
	return nil
}

// discardRest removes what a crash has left of an upload that is gone.
func (s *Store) discardRest(id string) {
	if validID(id) && errors.Is(s.find(id), sender.ErrNoSuchUpload) {
		_ = s.root.RemoveAll(s.path(id))
	}
}
