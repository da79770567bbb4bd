//go:build !race

package hasher

const raceDetector = false
