package faultproxy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// lab is a client, the proxy and a target, joined by one connection.
type lab struct {
	proxy          *Proxy
	client, target *net.TCPConn
}

// open joins them, spoiled by f.
func open(t *testing.T, f Fault) *lab {
	t.Helper()
	l := listen(t)
	p := start(t, l.Addr().String())
	p.Plan(func(int) Fault { return f })
	x := &lab{proxy: p, client: dial(t, p)}
	x.target = accept(t, l)
	return x
}

func listen(t *testing.T) *net.TCPListener {
	t.Helper()
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func start(t *testing.T, target string) *Proxy {
	t.Helper()
	p, err := New(target)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func dial(t *testing.T, p *Proxy) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	return bounded(t, c.(*net.TCPConn))
}

func accept(t *testing.T, l *net.TCPListener) *net.TCPConn {
	t.Helper()
	l.SetDeadline(time.Now().Add(10 * time.Second))
	c, err := l.AcceptTCP()
	if err != nil {
		t.Fatal(err)
	}
	return bounded(t, c)
}

// refused dials, and checks that a reset comes: soon enough for the dial to see it, or after.
func refused(t *testing.T, p *Proxy) {
	t.Helper()
	c, err := net.Dial("tcp", p.Addr())
	if err == nil {
		hears(t, "client", bounded(t, c.(*net.TCPConn)), 0, syscall.ECONNRESET)
	} else if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("client: %v", err)
	}
}

// bounded lets no test hang.
func bounded(t *testing.T, c *net.TCPConn) *net.TCPConn {
	c.SetDeadline(time.Now().Add(20 * time.Second))
	t.Cleanup(func() { c.Close() })
	return c
}

// speak writes n bytes in the background; whoever reads them ends it, or the proxy does.
func speak(t *testing.T, c net.Conn, n int) {
	var speaking sync.WaitGroup
	speaking.Go(func() { c.Write(pattern(n)) })
	t.Cleanup(func() { c.Close(); speaking.Wait() })
}

func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * 7 >> 3)
	}
	return b
}

// hears reads to the end, and checks that it hears exactly n bytes of the pattern, and then the error.
func hears(t *testing.T, who string, c net.Conn, n int, want error) {
	t.Helper()
	b, err := io.ReadAll(c)
	if !bytes.Equal(b, pattern(n)) {
		t.Errorf("%s: heard %d bytes, want %d", who, len(b), n)
	}
	if !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %v", who, err, want)
	}
}

// silent checks that nothing comes any more, neither bytes nor an end.
func silent(t *testing.T, who string, c net.Conn) {
	t.Helper()
	c.SetReadDeadline(time.Now().Add(60 * time.Millisecond))
	n, err := c.Read(make([]byte, 1))
	if timeout, ok := errors.AsType[net.Error](err); n != 0 || !ok || !timeout.Timeout() {
		t.Errorf("%s: got %d bytes, %v, want silence", who, n, err)
	}
	c.SetReadDeadline(time.Now().Add(20 * time.Second))
}

func reads(t *testing.T, who string, c net.Conn, n int) {
	t.Helper()
	b := make([]byte, n)
	if m, err := io.ReadFull(c, b); err != nil || !bytes.Equal(b, pattern(n)) {
		t.Fatalf("%s: read %d of %d bytes: %v", who, m, n, err)
	}
}

// counts are classes of lengths: around the blocks, and beyond what the kernel takes in.
var counts = []int{1, 300, block - 1, block, block + 1, 3 << 20}

func TestWhatIsNotSpoiledPassesAsItIs(t *testing.T) {
	for name, f := range map[string]Fault{
		"nothing": {}, "slices": {Slice: 1000}, "late": {Latency: time.Microsecond},
		"endings that are not reached": {ResetUp: 1 << 40, StallDown: 1 << 40},
	} {
		t.Run(name, func(t *testing.T) {
			x := open(t, f)
			speak(t, x.client, 3<<20)
			reads(t, "target", x.target, 3<<20)
			x.client.CloseWrite()
			hears(t, "target", x.target, 0, nil)
			speak(t, x.target, 3<<20) // the way down stays open after a FIN on the way up
			reads(t, "client", x.client, 3<<20)
			x.target.CloseWrite()
			hears(t, "client", x.client, 0, nil)
		})
	}
}

func TestResetUpComesAfterExactlySoManyBytes(t *testing.T) {
	for _, k := range counts {
		t.Run(fmt.Sprint(k), func(t *testing.T) {
			x := open(t, Fault{ResetUp: int64(k)})
			speak(t, x.client, k+100_000)
			hears(t, "target", x.target, k, syscall.ECONNRESET)
			hears(t, "client", x.client, 0, syscall.ECONNRESET)
		})
	}
}

func TestResetDownComesAfterExactlySoManyBytes(t *testing.T) {
	for _, k := range counts {
		t.Run(fmt.Sprint(k), func(t *testing.T) {
			x := open(t, Fault{ResetDown: int64(k)})
			speak(t, x.target, k+100_000)
			hears(t, "client", x.client, k, syscall.ECONNRESET)
			hears(t, "target", x.target, 0, syscall.ECONNRESET)
		})
	}
}

func TestAnEndingBeforeTheFirstByteWaitsForIt(t *testing.T) {
	x := open(t, Fault{ResetDown: -1})
	speak(t, x.client, 1000)
	reads(t, "target", x.target, 1000) // the request is there: carried out
	silent(t, "client", x.client)
	speak(t, x.target, 1)
	hears(t, "client", x.client, 0, syscall.ECONNRESET)
}

func TestCloseDownIsAFinAfterExactlySoManyBytes(t *testing.T) {
	for _, k := range append([]int{-1}, counts...) {
		t.Run(fmt.Sprint(k), func(t *testing.T) {
			x := open(t, Fault{CloseDown: int64(k)})
			speak(t, x.target, max(k, 0)+1000)
			hears(t, "client", x.client, max(k, 0), nil)
			speak(t, x.client, 1000)
			reads(t, "target", x.target, 1000)
		})
	}
}

func TestStallsMoveExactlySoManyBytesAndKeepTheConnection(t *testing.T) {
	for _, k := range []int{-1, 1, block + 1} {
		t.Run(fmt.Sprint(k), func(t *testing.T) {
			x := open(t, Fault{StallUp: int64(k), StallDown: int64(2 * k)})
			speak(t, x.client, 100_000)
			speak(t, x.target, 100_000)
			reads(t, "target", x.target, max(k, 0))
			reads(t, "client", x.client, max(2*k, 0))
			silent(t, "target", x.target)
			silent(t, "client", x.client)
		})
	}
}

func TestOfTwoEndingsTheFirstComes(t *testing.T) {
	x := open(t, Fault{ResetDown: 20, CloseDown: 10, StallDown: 30})
	speak(t, x.target, 100)
	hears(t, "client", x.client, 10, nil)
}

func TestRefusedConnectionsNeverReachTheTarget(t *testing.T) {
	l := listen(t)
	p := start(t, l.Addr().String())
	p.Plan(func(n int) Fault { return Fault{Refuse: n < 3} })
	for range 2 {
		refused(t, p)
	}
	dial(t, p)
	accept(t, l)
	if n := p.Connections(); n != 3 {
		t.Errorf("%d connections", n)
	}
}

func TestPlanCountsFromOneAndMayChange(t *testing.T) {
	l := listen(t)
	p := start(t, l.Addr().String())
	var got []int
	p.Plan(func(n int) Fault { got = append(got, n); return Fault{Refuse: true} })
	for range 3 {
		refused(t, p)
	}
	p.Plan(nil)
	dial(t, p)
	accept(t, l)
	if fmt.Sprint(got) != "[1 2 3]" {
		t.Errorf("planned %v", got)
	}
}

func TestDownResetsWhatIsThereAndWhatComes(t *testing.T) {
	l := listen(t)
	p := start(t, l.Addr().String())
	before := dial(t, p)
	target := accept(t, l)
	speak(t, target, 1)
	reads(t, "client", before, 1) // so that it is there
	p.Down(true)
	hears(t, "client", before, 0, syscall.ECONNRESET)
	hears(t, "target", target, 0, syscall.ECONNRESET)
	refused(t, p)
	p.Down(false)
	after := dial(t, p)
	speak(t, after, 10)
	reads(t, "target", accept(t, l), 10)
}

func TestDownEndsAStall(t *testing.T) {
	x := open(t, Fault{StallUp: -1, StallDown: -1})
	speak(t, x.client, 1)
	speak(t, x.target, 1)
	silent(t, "client", x.client)
	x.proxy.Down(true)
	hears(t, "client", x.client, 0, syscall.ECONNRESET)
	hears(t, "target", x.target, 0, syscall.ECONNRESET)
}

func TestAResetPassesAsAReset(t *testing.T) {
	x := open(t, Fault{})
	drop(x.target)
	hears(t, "client", x.client, 0, syscall.ECONNRESET)
	y := open(t, Fault{})
	drop(y.client)
	hears(t, "target", y.target, 0, syscall.ECONNRESET)
}

func TestATargetThatIsNotThereIsAReset(t *testing.T) {
	l := listen(t)
	p := start(t, l.Addr().String())
	l.Close()
	refused(t, p)
}

func TestCloseEndsEverythingAndTwiceIsOnce(t *testing.T) {
	x := open(t, Fault{StallUp: -1, Latency: time.Hour})
	speak(t, x.client, 1000)
	speak(t, x.target, 1000)
	time.Sleep(10 * time.Millisecond)
	for range 2 {
		if err := x.proxy.Close(); err != nil {
			t.Fatal(err)
		}
	}
	goleak.VerifyNone(t, goleak.IgnoreCurrent())
	hears(t, "client", x.client, 0, syscall.ECONNRESET)
	if len(x.proxy.live) != 0 {
		t.Errorf("%d connections are left", len(x.proxy.live))
	}
}

// TestManyConnectionsAreCountedAndLeaveNothing opens and spoils many at once, while the network comes and goes.
func TestManyConnectionsAreCountedAndLeaveNothing(t *testing.T) {
	l := listen(t)
	var echoing sync.WaitGroup
	echoing.Go(func() {
		for {
			c, err := l.AcceptTCP()
			if err != nil {
				return
			}
			echoing.Go(func() { defer c.Close(); io.Copy(c, c) })
		}
	})
	p := start(t, l.Addr().String())
	p.Plan(func(n int) Fault {
		return []Fault{{}, {Refuse: true}, {ResetUp: 500}, {ResetDown: 500}, {CloseDown: 500}, {Slice: 100}}[n%6]
	})
	var clients sync.WaitGroup
	for range 60 {
		clients.Go(func() {
			c, err := net.Dial("tcp", p.Addr())
			if err != nil {
				return // reset already
			}
			defer c.Close()
			c.Write(pattern(1000))
			io.ReadFull(c, make([]byte, 1000))
		})
	}
	p.Down(true)
	p.Down(false)
	clients.Wait()
	if n := p.Connections(); n != 60 {
		t.Errorf("%d connections", n)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	l.Close()
	echoing.Wait()
}
