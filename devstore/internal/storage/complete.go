package storage

import (
	"fmt"

	"github.com/ingest-dev/ingest/hasher"
)

// PartRef names a part in a completion.
type PartRef struct {
	Number int
	ETag   string // without quotes, as the dialect writes it
}

// Choice is what an object is to be made of.
type Choice struct {
	Parts    []Part // in the order of the object
	Checksum Checksum
	Meta     Meta
}

// Choose returns the parts that refs name. They must ascend (ErrPartOrder), be there with the MD5 that matches says
// (ErrInvalidPart), and all but the last have least bytes (ErrPartTooSmall).
func Choose(have []Part, refs []PartRef, least int64, matches func(Part, PartRef) bool) ([]Part, error) {
	chosen := make([]Part, 0, len(refs))
	rest := have
	for i, ref := range refs {
		if i > 0 && ref.Number <= refs[i-1].Number {
			return nil, ErrPartOrder
		}
		for len(rest) > 0 && rest[0].Number < ref.Number {
			rest = rest[1:]
		}
		if len(rest) == 0 || rest[0].Number != ref.Number || !matches(rest[0], ref) {
			return nil, fmt.Errorf("part %d: %w", ref.Number, ErrInvalidPart)
		}
		chosen = append(chosen, rest[0])
	}
	return chosen, largeEnough(chosen, least)
}

func largeEnough(parts []Part, least int64) error {
	for i, p := range parts {
		if i < len(parts)-1 && p.Size < least {
			return fmt.Errorf("part %d of %d bytes: %w", p.Number, p.Size, ErrPartTooSmall)
		}
	}
	return nil
}

// Complete makes an object of the parts that choose picks from those that are there, by number. No part is written
// meanwhile. The parts that are not chosen are removed. It costs one record, however large the object is.
func (u *Upload) Complete(choose func(have []Part) (Choice, error), guard Guard) (Object, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.gone {
		return Object{}, ErrNoSuchUpload
	}
	choice, err := choose(u.sorted())
	if err != nil {
		return Object{}, err
	}
	r, err := u.record(choice)
	if err != nil {
		return Object{}, err
	}
	moved, err := u.b.put(r, nil, guard)
	if moved {
		u.finish(choice.Parts)
	}
	return r.Object, err
}

func (u *Upload) record(c Choice) (*record, error) {
	r := &record{Object: Object{
		Key: u.Key, ETag: multipartETag(c.Parts), Checksum: c.Checksum, Meta: c.Meta, Upload: u.ID,
	}}
	var err error
	if r.MD5, err = u.wholeMD5(c.Parts); err != nil {
		return nil, err
	}
	var whole hasher.Whole
	for _, p := range c.Parts {
		if err := whole.Add(hasher.FromUint64(hasher.CRC64ECMA, p.Stored().CRC64), p.Size); err != nil {
			return nil, fmt.Errorf("combine checksums: %w", err)
		}
		r.Size += p.Size
		r.PartSizes = append(r.PartSizes, p.Size)
		r.Extents = append(r.Extents, extent{ID: p.Blob, Size: p.Size})
	}
	if sum := whole.Sum(); !sum.IsZero() {
		r.CRC64 = sum.Uint64()
	}
	return r, nil
}

// finish ends the upload, whose object is published. If that fails, or a crash comes before it, the next Open ends
// it: the object's record names the upload.
func (u *Upload) finish(chosen []Part) {
	_ = u.b.removeTree(u.path())
	u.forget()
	for _, p := range chosen {
		delete(u.parts, p.Number)
	}
	for _, p := range u.parts {
		u.b.removeBlobs([]string{p.Blob})
	}
}
