package dir

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"slices"

	"github.com/ingest-dev/ingest/hasher"
)

// The kinds of record; see the package comment for the format.
const (
	held    = 1
	dropped = 2
)

const recordSize = 48

// record is what the log says of a part.
type record struct {
	number       int
	offset, size int64
	sum          hasher.Checksum
}

func (r record) end() int64 { return r.offset + r.size }

// touches reports whether two parts cannot be written at the same time.
func (r record) touches(other record) bool {
	return r.number == other.number || r.offset < other.end() && other.offset < r.end()
}

// encode appends the record at a position of the log of an upload.
func (r record) encode(b []byte, kind, position int, id string) []byte {
	start := len(b)
	b = binary.LittleEndian.AppendUint32(b, uint32(kind))
	b = binary.LittleEndian.AppendUint32(b, uint32(position))
	b = binary.LittleEndian.AppendUint64(b, uint64(r.number))
	b = binary.LittleEndian.AppendUint64(b, uint64(r.offset))
	b = binary.LittleEndian.AppendUint64(b, uint64(r.size))
	b = binary.LittleEndian.AppendUint64(b, r.sum.Uint64())
	return binary.LittleEndian.AppendUint64(b, seal(id, b[start:]))
}

// decode returns the record in b, its kind, and the position for which it was written.
func decode(b []byte) (r record, kind, position int) {
	return record{
		number: int(binary.LittleEndian.Uint64(b[8:])),
		offset: int64(binary.LittleEndian.Uint64(b[16:])),
		size:   int64(binary.LittleEndian.Uint64(b[24:])),
		sum:    hasher.FromUint64(wire, binary.LittleEndian.Uint64(b[32:])),
	}, int(binary.LittleEndian.Uint32(b)), int(binary.LittleEndian.Uint32(b[4:]))
}

// whole reports whether b is a record of the log of an upload, at whatever position.
func whole(b []byte, id string) bool { return binary.LittleEndian.Uint64(b[40:]) == seal(id, b[:40]) }

func seal(id string, b []byte) uint64 {
	return hasher.Sum(append([]byte(id), b...), hasher.SetOf(wire)).Get(wire).Uint64()
}

// partLog is the log of one upload, and the parts that it holds. Its owner guards it.
type partLog struct {
	root   *os.Root
	name   string
	id     string
	parts  map[int]record
	next   int   // position of the next record
	ragged bool  // there is something behind the last record
	dead   error // why nothing can be appended any more
}

// openLog replays a log. A log that is missing is empty.
func openLog(root *os.Root, name, id string) (*partLog, error) {
	b, err := root.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	l := &partLog{root: root, name: name, id: id}
	l.replay(b)
	return l, nil
}

// replay reads records up to the first that is torn. If one that is whole follows, or is at another's position, the log
// was damaged: a record that is lost may have dropped a part, so that no part is believed.
func (l *partLog) replay(b []byte) {
	l.parts = map[int]record{}
	torn := false
	for b := range slices.Chunk(b[:len(b)/recordSize*recordSize], recordSize) {
		r, kind, position := decode(b)
		switch {
		case !whole(b, l.id):
			torn = true
		case torn || position != l.next:
			l.parts, l.next, l.ragged = map[int]record{}, 0, true
			return
		default:
			l.apply(kind, r)
			l.next++
		}
	}
	l.ragged = torn || len(b)%recordSize != 0
}

func (l *partLog) apply(kind int, r record) {
	if kind == held {
		l.parts[r.number] = r
		return
	}
	delete(l.parts, r.number)
}

// touching returns the parts that r would write over.
func (l *partLog) touching(r record) []record {
	var all []record
	for _, p := range l.parts {
		if p.touches(r) {
			all = append(all, p)
		}
	}
	return all
}

// append puts records of a kind on the disk. After a failure the log is dead, in this process: what the disk holds
// then is only known to who reads it again.
func (l *partLog) append(kind int, records ...record) error {
	if l.dead != nil || len(records) == 0 {
		return l.dead
	}
	var b []byte
	for i, r := range records {
		b = r.encode(b, kind, l.next+i, l.id)
	}
	if err := l.write(b); err != nil {
		l.dead = err
		return err
	}
	l.next += len(records)
	for _, r := range records {
		l.apply(kind, r)
	}
	return nil
}

// write writes behind the last record, after cutting off what is there.
func (l *partLog) write(b []byte) (err error) {
	f, err := l.root.OpenFile(l.name, os.O_WRONLY, fileMode)
	if err != nil {
		return err
	}
	defer closing(f, &err)
	end := int64(l.next) * recordSize
	if l.ragged {
		if err := f.Truncate(end); err != nil {
			return err
		}
		l.ragged = false
	}
	if _, err := f.WriteAt(b, end); err != nil {
		return err
	}
	return syncData(f)
}
