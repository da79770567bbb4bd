//go:build !linux

package reader

import "errors"

// glance is for systems that tell it of a path.
func glance(string) (Identity, error) { return Identity{}, errors.ErrUnsupported }
