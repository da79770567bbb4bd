package main

import (
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

func rootFS() fs.FS { return os.DirFS("/") }

// physicalMemory is what the machine has, in bytes; 0 if it does not say.
func physicalMemory() int64 {
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		return 0
	}
	return int64(info.Totalram * uint64(info.Unit))
}
