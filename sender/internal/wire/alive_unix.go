//go:build unix

package wire

import (
	"syscall"
)

// probe looks at a connection. It is made once, so that a look allocates nothing.
type probe struct {
	raw   syscall.RawConn // nil: there is no looking
	look  func(fd uintptr) bool
	quiet bool
}

func newProbe(c any) (p *probe) {
	p = new(probe)
	if s, ok := c.(syscall.Conn); ok {
		p.raw, _ = s.SyscallConn() // nil if c is closed, or none of the system's
	}
	p.look = func(fd uintptr) bool {
		p.quiet = nothingToRead(fd)
		return true
	}
	return p
}

// alive reports whether an idle connection is still open, and silent as it must be. It looks without reading; where
// it cannot look, it hopes.
func (l *link) alive() bool {
	p := l.probe
	if p.raw == nil {
		return true
	}
	return p.raw.Read(p.look) == nil && p.quiet
}
