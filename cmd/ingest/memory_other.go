//go:build !linux && !darwin

package main

import (
	"embed"
	"io/fs"
)

// rootFS is empty: there are no control groups.
func rootFS() fs.FS { return embed.FS{} }

// physicalMemory is not known.
func physicalMemory() int64 { return 0 }
