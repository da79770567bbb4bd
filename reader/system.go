package reader

// system is what a Reader asks of the operating system. Tests put another one in its place, of which calls fail.
type system interface {
	// open opens a regular file and says which; see openFile.
	open(path string) (file, Identity, error)

	// glance says which regular file path leads to, and fails if it cannot be read, or that cannot be told.
	glance(path string) (Identity, error)

	// identityOf says which file a path leads to.
	identityOf(path string) (Identity, error)

	// identity says what an open file is now.
	identity(f file) (Identity, error)

	// pread reads into p what f has at off: at least one byte, but at its end none, without an error.
	pread(f file, p []byte, off int64) (int, error)

	// mapFile maps n bytes of f; off is a multiple of the page size.
	mapFile(f file, off int64, n int) ([]byte, error)

	// newMemory returns n bytes to read into.
	newMemory(n int) ([]byte, error)
}

// kernel is the real one.
type kernel struct{}

func (kernel) open(path string) (file, Identity, error) { return openFile(path) }

func (kernel) glance(path string) (Identity, error) { return glance(path) }

func (kernel) identityOf(path string) (Identity, error) { return identityOf(path) }

func (kernel) identity(f file) (Identity, error) { return f.identity() }

func (kernel) pread(f file, p []byte, off int64) (int, error) { return f.ReadAt(p, off) }

func (kernel) mapFile(f file, off int64, n int) ([]byte, error) { return mapFile(f, off, n) }

func (kernel) newMemory(n int) ([]byte, error) { return newMemory(n) }

// opened is a file as the system sees it.
type opened struct {
	file
	system system
}

// ReadAt is one read; see system.
func (o *opened) ReadAt(p []byte, off int64) (int, error) { return o.system.pread(o.file, p, off) }

func (o *opened) identity() (Identity, error) { return o.system.identity(o.file) }
