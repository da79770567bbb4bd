//go:build !linux && !darwin

package reader

// cpuSeconds is not known here.
func cpuSeconds() float64 { return 0 }
