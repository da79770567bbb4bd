//go:build unix

package main

import "syscall"

// descriptors is how many files this process may have open. The runtime has raised it as far as it can be.
func descriptors() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return maxDescriptors
	}
	return int(min(limit.Cur, maxDescriptors))
}
