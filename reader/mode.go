package reader

import "fmt"

// Mode says how the bytes of a part get into memory.
type Mode uint8

// The modes. The package comment has the rule by which Auto decides.
const (
	Auto  Mode = iota // whichever is faster for the part and safe for the file system
	Pread             // read into a buffer
	Mmap              // map the file; where that is not possible, as Pread
)

var modes = [...]string{Auto: "auto", Pread: "pread", Mmap: "mmap"}

// ParseMode returns the mode of that name: "auto", "pread" or "mmap".
func ParseMode(name string) (Mode, error) {
	for m, n := range modes {
		if n == name {
			return Mode(m), nil
		}
	}
	return Auto, fmt.Errorf("unknown read mode %q: use auto, pread or mmap", name)
}

// String returns the mode's name.
func (m Mode) String() string {
	if int(m) >= len(modes) {
		return fmt.Sprintf("mode(%d)", uint8(m))
	}
	return modes[m]
}
