package tamper

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
)

// shape says which of a call's arguments say what it is about.
type shape struct {
	name  string
	fd    int   // index of the descriptor, or none
	paths []int // indexes of paths; before each is the descriptor of its directory
}

const none = -1

// shapes are the calls that can be tampered with, by their numbers on amd64.
var shapes = map[uint64]shape{
	0: {name: "read"}, 1: {name: "write"}, 3: {name: "close"}, 5: {name: "fstat"}, 8: {name: "lseek"},
	9:  {name: "mmap", fd: 4},
	17: {name: "pread64"}, 18: {name: "pwrite64"}, 20: {name: "writev"},
	41: {name: "socket", fd: none}, 42: {name: "connect"}, 44: {name: "sendto"}, 46: {name: "sendmsg"},
	73: {name: "flock"}, 74: {name: "fsync"}, 75: {name: "fdatasync"}, 77: {name: "ftruncate"}, 91: {name: "fchmod"},
	217: {name: "getdents64"}, 285: {name: "fallocate"}, 326: {name: "copy_file_range"},
	257: {name: "openat", fd: none, paths: []int{1}}, 258: {name: "mkdirat", fd: none, paths: []int{1}},
	262: {name: "newfstatat", fd: none, paths: []int{1}}, 263: {name: "unlinkat", fd: none, paths: []int{1}},
	264: {name: "renameat", fd: none, paths: []int{1, 3}}, 265: {name: "linkat", fd: none, paths: []int{1, 3}},
	316: {name: "renameat2", fd: none, paths: []int{1, 3}},
}

// call is what a stopped thread is about to do; ok is false for calls that cannot be tampered with.
func (p *process) call(number uint64, args [6]uint64) (c Call, ok bool) {
	s, ok := shapes[number]
	if !ok {
		return c, false
	}
	c.Name = s.name
	if s.fd != none {
		c.Paths = append(c.Paths, p.link("fd/"+strconv.Itoa(int(int32(args[s.fd])))))
	}
	for _, i := range s.paths {
		c.Paths = append(c.Paths, p.resolve(int32(args[i-1]), p.text(args[i])))
	}
	return c, true
}

// link is what a link of the process's folder in /proc leads to, or nothing.
func (p *process) link(name string) string {
	to, _ := os.Readlink(filepath.Join(p.proc, name))
	return to
}

// resolve makes a path absolute, without following links.
func (p *process) resolve(dir int32, path string) string {
	const cwd = -100 // AT_FDCWD
	switch {
	case filepath.IsAbs(path):
		return path
	case dir == cwd:
		return filepath.Join(p.link("cwd"), path)
	}
	return filepath.Join(p.link("fd/"+strconv.Itoa(int(dir))), path)
}

// text reads a string that ends with a zero byte, page by page, as the page after its own may not be there.
func (p *process) text(at uint64) string {
	const page, longest = 4096, 4096
	var text []byte
	for len(text) < longest {
		b := make([]byte, page-at%page)
		n, err := p.memory.ReadAt(b, int64(at))
		if i := bytes.IndexByte(b[:n], 0); i >= 0 {
			return string(append(text, b[:i]...))
		}
		if err != nil {
			return ""
		}
		text = append(text, b[:n]...)
		at += uint64(n)
	}
	return string(text)
}
