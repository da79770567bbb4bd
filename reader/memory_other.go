//go:build !linux && !darwin

package reader

import (
	"context"
	"errors"
)

// canMap says that this system maps no files, as far as this package knows.
const canMap = false

const pageSize = 4096

func newMemory(n int) ([]byte, error) { return make([]byte, n), nil }

func freeMemory([]byte) {}

func mapFile(file, int64, int) ([]byte, error) { return nil, errors.ErrUnsupported }

func unmap([]byte) {}

func populate(context.Context, file, []byte, int64) error { return nil }
