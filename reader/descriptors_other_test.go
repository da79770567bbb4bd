//go:build !linux && !darwin

package reader

import "testing"

// descriptors cannot be counted here.
func descriptors(*testing.T) int { return 0 }
