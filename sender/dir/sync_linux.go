package dir

import (
	"os"

	"golang.org/x/sys/unix"
)

// syncData puts a file's bytes and its size on the disk; its times may come later.
func syncData(f *os.File) error {
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = conn.Control(func(fd uintptr) {
		for failed = unix.Fdatasync(int(fd)); failed == unix.EINTR; {
			failed = unix.Fdatasync(int(fd))
		}
	})
	if err != nil {
		return err
	}
	return trusted(os.NewSyscallError("fdatasync", failed))
}
