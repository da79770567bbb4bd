package pipeline

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/ingest-dev/ingest/sender/sendertest"
)

// level is how many of something there are, and were at most.
type level struct {
	now, most atomic.Int64
}

func (l *level) up() {
	for n := l.now.Add(1); ; {
		if most := l.most.Load(); most >= n || l.most.CompareAndSwap(most, n) {
			return
		}
	}
}

func (l *level) down() { l.now.Add(-1) }

// turnstile counts the sources that are open.
type turnstile struct{ level }

func (c *turnstile) count(open opener) opener {
	return func(path string) (source, error) {
		s, err := open(path)
		if err == nil {
			c.up()
			s = &counted{source: s, c: c}
		}
		return s, err
	}
}

type counted struct {
	source
	c    *turnstile
	once sync.Once
}

func (s *counted) Close() error {
	s.once.Do(s.c.down)
	return s.source.Close()
}

// However many files there are, few are open at once, and all of them are closed in the end: those that fail too.
func TestFewFilesAreOpenAtOnce(t *testing.T) {
	for _, parallel := range []int{1, 4, 16} {
		t.Run(fmt.Sprint(parallel, " in parallel"), func(t *testing.T) {
			l := newLab(t)
			l.options.Parallel = parallel
			for i := range 300 {
				l.file(fmt.Sprint("f", i), int64(i%4)*partSize)
			}
			for i := range 20 {
				l.file(fmt.Sprint("bad", i), int64(i)*partSize, `"checksum":"crc64ecma:0123456789abcdef"`)
			}
			var open turnstile
			l.between = open.count
			before, most := descriptors(t), 0
			l.faults.When(sendertest.SendPart, func(int) sendertest.Fault {
				most = max(most, descriptors(t)-before)
				return sendertest.Fault{}
			})
			if p, err := l.run(); err != nil || p.Done != 300 || p.Failed != 20 {
				t.Fatalf("%+v, %v", p, err)
			}
			if n := int(open.most.Load()); n > (3*parallel+1)/2 || open.now.Load() != 0 {
				t.Errorf("%d sources were open at once, %d are in the end", n, open.now.Load())
			}
			if most > 3*parallel+32 {
				t.Errorf("%d descriptors", most)
			}
			t.Logf("%d sources, %d descriptors at most", open.most.Load(), most)
		})
	}
}

func TestOneProcessorIsEnough(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	l := newLab(t)
	l.mixed()
	l.file("hung", 2*partSize)
	until := l.hang("hung") // a goroutine that waits must not be the only one to run
	l.faults.When(sendertest.Complete, func(n int) sendertest.Fault {
		if n == 3 {
			close(until)
		}
		return sendertest.Fault{}
	})
	l.finish()
}

// Rows may name one file many times, by one path or by several.
func TestOneFileUnderManyNames(t *testing.T) {
	l := newLab(t)
	l.options.Parallel = 8
	l.write("one", sendertest.Bytes(1, 2*partSize+1))
	if err := os.Link(l.path("one"), l.path("link")); err != nil {
		t.Skip(err)
	}
	for i := range 1000 {
		l.row([]string{"one", "link"}[i%2], fmt.Sprintf(`"key":"k%d"`, i))
	}
	if p := l.finish(); p.Done != 1000 {
		t.Errorf("%+v", p)
	}
}
