package reader

import "golang.org/x/sys/unix"

// sequential has nothing to say: the system finds out by itself.
func (f file) sequential() {}

// local reports whether the file system is mounted as local.
func (f file) local() bool {
	var st unix.Statfs_t
	_, err := retried(func() (int, error) { return 0, unix.Fstatfs(f.fd, &st) })
	return err == nil && st.Flags&unix.MNT_LOCAL != 0
}
