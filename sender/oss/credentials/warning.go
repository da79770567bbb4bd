package credentials

import (
	"os"
	"runtime"
)

// Warning is something that is allowed and most likely a mistake.
type Warning struct {
	About   string // a file or a host
	Message string // what is wrong and what to do, in one line
}

func (c *chain) warn(about, message string) {
	c.warnings = append(c.warnings, Warning{about, message})
}

// warnOfKeys looks at who else may read or change a file with keys.
func (c *chain) warnOfKeys(path string) {
	if allows(path, 0o044) {
		c.warn(path, "others can read your access keys: chmod 600 it")
	}
	if allows(path, 0o022) {
		c.warn(path, "others can change who you are to the store, and what is run to find that: chmod 600 it")
	}
}

// warnOfProgram looks at who else may change a program that is run to find credentials.
func (c *chain) warnOfProgram(path string) {
	if allows(path, 0o022) {
		c.warn(path, "others can change the program that your credentials come from: chmod 755 it")
	}
}

// allows reports whether a file gives any of these permissions. Windows has others.
func allows(path string, mode os.FileMode) bool {
	info, err := os.Stat(path)
	return err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&mode != 0
}
