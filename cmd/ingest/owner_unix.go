//go:build unix

package main

import (
	"os"
	"syscall"
)

// ownFile reports whether a file is the user's own, as far as there are users; what cannot be looked at is for others
// to complain about.
func ownFile(path string) bool {
	info, err := os.Stat(path)
	if err != nil {
		return true
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return !ok || int(stat.Uid) == os.Geteuid()
}
