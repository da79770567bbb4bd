//go:build linux || darwin

package reader

import (
	"os"
	"syscall"
	"testing"
)

// A file of another disk may have the same inode: its device tells the two apart.
func TestIdentityHasTheDevice(t *testing.T) {
	path := write(t, pattern(1))
	info, err := os.Stat(path)
	must(t, err)
	st := info.Sys().(*syscall.Stat_t)
	s := open(t, New(Options{}), path)
	if id := s.Identity(); id.Device != uint64(st.Dev) || id.Inode != st.Ino { //nolint:unconvert // an int32 on macOS
		t.Errorf("%+v, want device %d and inode %d", id, st.Dev, st.Ino)
	}
	here := s.Identity()
	for name, other := range map[string]Identity{
		"device": {Device: here.Device + 1, Inode: here.Inode}, "inode": {Device: here.Device, Inode: here.Inode + 1},
	} {
		if here.sameFile(other) {
			t.Errorf("a file of another %s is the same", name)
		}
	}
}
