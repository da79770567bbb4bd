package wire

import (
	"net"
	"testing"
	"time"
)

// What the system has taken to send has not moved yet: what is queued moves as a slow store takes it, and a request is
// not silent as long as it does.
func TestOnlyWhatIsAcknowledgedHasMoved(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	peer, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	_ = peer.(*net.TCPConn).SetReadBuffer(4 << 10)
	_ = c.SetWriteDeadline(time.Now().Add(50 * time.Millisecond))
	counted := &counter{Conn: c}
	n, err := counted.Write(make([]byte, 64<<20))
	if err == nil {
		t.Skip("64 MiB fit into the sockets' buffers")
	}
	if p := counted.progress(); p >= int64(n) {
		t.Fatalf("%d bytes were taken, and %d count as moved", n, p)
	}
}
