package main

import "github.com/ingest-dev/ingest/pipeline"

const (
	// maxParallel bounds memory and descriptors; no store that we know gets faster beyond it.
	maxParallel = 4096

	// eachPart is how many descriptors a part in flight takes at most: its source, its connection, and the files on
	// their way to become the next part or to be finished.
	eachPart = 4

	// besides is how many descriptors the process has besides: streams, journal, manifest, report, the runtime's.
	besides = 32

	maxDescriptors = eachPart*maxParallel + besides
)

// parts is how many parts are in flight: what was asked for, as far as descriptors go.
func (t *transfer) parts() int { return max(1, min(t.wanted(), (descriptors()-besides)/eachPart)) }

// wanted is how many parts were asked for.
func (t *transfer) wanted() int {
	if t.parallel == 0 {
		return pipeline.DefaultParallel
	}
	return int(t.parallel)
}

// warnOfDescriptors says that fewer parts are in flight than were asked for, and why.
func (t *transfer) warnOfDescriptors(log *logger) {
	if t.parts() < t.wanted() {
		log.Warn().Int("parallel", t.parts()).Msgf("%d files may be open (ulimit -n): fewer parts are in flight", descriptors())
	}
}
