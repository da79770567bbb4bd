//go:build race

package tuning

// raced says that the race detector is on. It makes a simulation ten times as slow, which has but one goroutine.
const raced = true
