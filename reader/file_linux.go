package reader

import "golang.org/x/sys/unix"

// sequential doubles how far the system reads ahead.
func (f file) sequential() { _ = unix.Fadvise(f.fd, 0, 0, unix.FADV_SEQUENTIAL) }

// zfsMagic is not in the kernel's headers.
const zfsMagic = 0x2fc12fc1

// local reports whether the file system is one whose pages come from this machine, and come or fail at once.
func (f file) local() bool {
	var st unix.Statfs_t
	if _, err := retried(func() (int, error) { return 0, unix.Fstatfs(f.fd, &st) }); err != nil {
		return false
	}
	switch uint32(st.Type) {
	case unix.EXT4_SUPER_MAGIC, // ext2 and ext3 have the same
		unix.XFS_SUPER_MAGIC, unix.BTRFS_SUPER_MAGIC, unix.F2FS_SUPER_MAGIC, zfsMagic,
		unix.TMPFS_MAGIC, unix.OVERLAYFS_SUPER_MAGIC:
		return true
	}
	return false
}
