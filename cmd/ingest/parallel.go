package main

import (
	"cmp"
	"fmt"

	"github.com/ingest-dev/ingest/pipeline"
)

const (
	// maxParallel bounds memory and descriptors; no store that we know gets faster beyond it.
	maxParallel = 4096

	// maxAuto is how many parts a run has in flight at most that finds the number by itself: beyond it, only objects of
	// some KiB in a store that takes a tenth of a second to answer would gain.
	maxAuto = 256

	// eachPart is how many descriptors a part in flight takes at most: its source, its connection, and the files on
	// their way to become the next part or to be finished.
	eachPart = 4

	// besides is how many descriptors the process has besides: streams, journal, manifest, report, the runtime's.
	besides = 32

	maxDescriptors = eachPart*maxParallel + besides
)

// room is how many parts can be in flight on this machine, and what keeps it from more.
type room struct {
	parts int
	why   string
}

// parts is how many parts are in flight: what was asked for, as far as there is room.
func (t *transfer) parts() int {
	if t.room.parts == 0 {
		t.room = roomFor(t.size(), descriptors(), memoryLimit())
	}
	return min(t.wanted(), t.room.parts)
}

// roomFor is the room for parts of a size.
func roomFor(size int64, descriptors int, m allowance) room {
	files := room{max(1, (descriptors-besides)/eachPart), fmt.Sprintf("%d files may be open (ulimit -n)", descriptors)}
	parts := m.partsIn(size)
	if parts >= files.parts {
		return files
	}
	return room{parts, fmt.Sprintf("parts of %s must fit into %s (%s)", humanBytes(size), humanBytes(m.bytes), m.says)}
}

// most is how many parts may be in flight at most: what was asked for; or, where the run finds the number by itself,
// as far as files may be open. Memory it looks after itself.
func (t *transfer) most() int {
	if t.parallel != 0 {
		return t.parts()
	}
	return max(t.parts(), min(maxAuto, (descriptors()-besides)/eachPart))
}

// found are the options by which a run finds the number of parts in flight by itself, if it is to.
func (t *transfer) found(o pipeline.Options) pipeline.Options {
	if t.parallel == 0 {
		o.MaxParallel, o.Memory = t.most(), memoryLimit().forParts()
	}
	return o
}

// wanted is how many parts were asked for.
func (t *transfer) wanted() int {
	if t.parallel == 0 {
		return pipeline.DefaultParallel
	}
	return int(t.parallel)
}

// size is that of a part.
func (t *transfer) size() int64 {
	return cmp.Or(int64(t.partSize.byteSize), pipeline.DefaultPartSize)
}

// warnOfRoom says that fewer parts are in flight than were asked for, or than a run begins with, and why.
func (t *transfer) warnOfRoom(log *logger) {
	if t.parts() < t.wanted() {
		log.Warn().Int("parallel", t.parts()).Int("wanted", t.wanted()).Msg(t.room.why + ": fewer parts are in flight")
	}
}
