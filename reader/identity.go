package reader

import (
	"fmt"
	"strings"
	"time"
)

// Identity tells a file and its state from every other: two equal identities are the same bytes, as far as a file
// system can say. It is comparable with ==.
//
// On Linux and macOS all fields are there. On Windows Device is the volume's serial number, Inode the file's index,
// and Changed is 0. Elsewhere Device, Inode and Changed are 0, and a replaced file shows by its size and time alone.
type Identity struct {
	Device   uint64
	Inode    uint64
	Size     int64 // bytes
	Modified int64 // mtime, in nanoseconds since 1970
	Changed  int64 // ctime, in nanoseconds since 1970; 0 where the system has none
}

// sameFile reports whether both are states of one file.
func (i Identity) sameFile(j Identity) bool { return i.Device == j.Device && i.Inode == j.Inode }

// difference says what is different now, or nothing.
func (i Identity) difference(now Identity) string {
	var d []string
	if now.Size != i.Size {
		d = append(d, fmt.Sprintf("size %d is now %d", i.Size, now.Size))
	}
	if now.Modified != i.Modified {
		d = append(d, fmt.Sprintf("mtime %s is now %s", stamp(i.Modified), stamp(now.Modified)))
	}
	if now.Changed != i.Changed {
		d = append(d, fmt.Sprintf("ctime %s is now %s", stamp(i.Changed), stamp(now.Changed)))
	}
	return strings.Join(d, ", ")
}

func stamp(ns int64) string { return time.Unix(0, ns).UTC().Format(time.RFC3339Nano) }
