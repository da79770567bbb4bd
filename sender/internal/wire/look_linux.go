package wire

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// nothingToRead reports whether a socket has nothing to read, not even an end. [unix.Recvfrom] would allocate an address, and
// tell the scheduler of a call that never waits.
func nothingToRead(fd uintptr) bool {
	var b [1]byte
	_, _, errno := unix.RawSyscall6(unix.SYS_RECVFROM, fd, uintptr(unsafe.Pointer(&b)), 1, unix.MSG_PEEK|unix.MSG_DONTWAIT, 0, 0)
	return errno == unix.EAGAIN
}
