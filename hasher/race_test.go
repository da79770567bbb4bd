//go:build race

package hasher

// raceDetector says that the race detector is on: under it, a sync.Pool drops things at random.
const raceDetector = true
