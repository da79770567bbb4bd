//go:build !unix

package wire

// probe looks at a connection, which there is no way to do here.
type probe struct{}

func newProbe(any) *probe { return nil }

// alive hopes: a connection that was closed meanwhile fails its request, which is then tried again.
func (l *link) alive() bool { return true }
