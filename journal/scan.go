package journal

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
)

// Item is one thing in a journal's file, in the order of the file: its header, a record, or something wrong. A record
// may have a problem too. If it lies behind a later one, Open does not believe it. If records are missing before it,
// Open believes it, except as a part of an upload that was begun before them.
type Item struct {
	Offset   int64 // in the file
	Bytes    int64
	Sequence uint64 // of a record
	Header   *Header
	Record   Record
	Problem  string // for a person
}

// Scan yields what a journal's file holds, for looking at it. It takes no lock and changes nothing; of a journal
// that is in use the last record may seem torn. It stops at the first error: of the source, or [ErrFormat] or
// [ErrDamaged] if the header is not one, without which nothing else can be believed.
func Scan(r io.Reader) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		h, size, err := readHeader(r)
		if err != nil {
			yield(Item{}, err)
			return
		}
		if !yield(Item{Bytes: size, Header: h}, nil) {
			return
		}
		scanFrames(&orderedReader{frames: newFrameReader(r, size, readBuffer, h.seed())}, size, yield)
	}
}

// scanFrames yields the frames, and end is where the last one ended.
func scanFrames(o *orderedReader, end int64, yield func(Item, error) bool) {
	for {
		r, err := o.next()
		last := errors.Is(err, io.EOF)
		if err != nil && !last {
			yield(Item{}, err)
			return
		}
		if r.unreadable > 0 && !yield(unreadable(end, r.unreadable, last), nil) || last {
			return
		}
		if !yield(record(r), nil) {
			return
		}
		end = r.offset + r.size()
	}
}

func unreadable(offset, bytes int64, last bool) Item {
	problem := "bytes that belong to no record"
	if last {
		problem = "torn end"
	}
	return Item{Offset: offset, Bytes: bytes, Problem: problem}
}

func record(r reading) Item {
	var problems []string
	if r.missing > 0 {
		problems = append(problems, fmt.Sprintf("records %d to %d are missing before it", r.sequence-r.missing, r.sequence-1))
	}
	if r.repeated {
		problems = append(problems, "it lies behind a later record and is not believed")
	}
	rec, ok := decodeRecord(r.kind, r.payload)
	if !ok {
		rec = nil
		problems = append(problems, fmt.Sprintf("a whole record of type %d that makes no sense", r.kind))
	}
	return Item{Offset: r.offset, Bytes: r.size(), Sequence: r.sequence, Record: rec, Problem: strings.Join(problems, "; ")}
}
