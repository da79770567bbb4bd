package main

import (
	"embed"
	"io/fs"

	"golang.org/x/sys/unix"
)

// rootFS is empty: there are no control groups.
func rootFS() fs.FS { return embed.FS{} }

// physicalMemory is what the machine has, in bytes; 0 if it does not say.
func physicalMemory() int64 {
	n, err := unix.SysctlUint64("hw.memsize")
	if err != nil {
		return 0
	}
	return int64(n)
}
