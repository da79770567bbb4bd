package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ingest-dev/ingest/sender"
)

// Remover is a store that can delete objects.
type Remover interface {
	// Remove deletes an object. It may be repeated, and succeeds if there is no object.
	Remove(ctx context.Context, key string) error
}

// ground is what a bench has under its prefix.
type ground struct {
	prefix    string
	uploads   atomic.Int64 // begun so far
	puts      atomic.Int64 // made so far
	versioned atomic.Bool  // the bucket keeps what is overwritten

	mu   sync.Mutex
	keys int64 // whole objects are under the keys below this number
	open map[sender.Upload]struct{}
}

// upload returns the key of the next upload.
func (g *ground) upload() string { return fmt.Sprintf("%supload-%d", g.prefix, g.uploads.Add(1)) }

// put returns the key of the next whole object, of so many in turn.
func (g *ground) put(keys int) string {
	n := (g.puts.Add(1) - 1) % int64(keys)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.keys = max(g.keys, n+1)
	return g.key(n)
}

func (g *ground) key(n int64) string { return fmt.Sprintf("%sput-%d", g.prefix, n) }

func (g *ground) begun(u sender.Upload, err error) {
	if err != nil {
		return // if there is one all the same, it is found by listing
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open[u] = struct{}{}
}

func (g *ground) aborted(u sender.Upload) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.open, u)
}

// taken notes what a receipt shows of the bucket.
func (g *ground) taken(r sender.Receipt) {
	if r.VersionID != "" {
		g.versioned.Store(true)
	}
}

// Rest is what Clean could not take away.
type Rest struct {
	Objects  []string // keys
	Uploads  []sender.Upload
	Versions bool // the bucket keeps versions of objects that were overwritten or removed
}

// cleanRetries keeps the cleaning short where the store does not answer.
const cleanRetries = 3

// Clean takes away all that the measurements have left in the store: it aborts uploads, also those of which only the
// store knows, and removes objects if the store is a [Remover]. It goes on where something fails, returns what is
// left, and the first failure. It may be called again. No measurement may run.
func (b *Bench) Clean(ctx context.Context) (Rest, error) {
	var failed error
	s := sender.Stack(b.options.Store, sender.Options{Retries: cleanRetries, Outage: -1, Patience: -1})
	for _, u := range b.ground.left(ctx, s) {
		if err := s.Abort(ctx, u); err != nil {
			failed = cmp.Or(failed, err)
			continue
		}
		b.ground.aborted(u)
	}
	rest := Rest{Uploads: b.ground.openUploads(), Versions: b.ground.versioned.Load()}
	var err error
	rest.Objects, err = b.ground.remove(ctx, b.options.Store)
	return rest, cmp.Or(failed, err)
}

// left lists the uploads that are open, as we know and as the store does. A store that may not be asked, or does not
// answer, has told us of its uploads when we began them.
func (g *ground) left(ctx context.Context, s sender.Store) []sender.Upload {
	if lister, ok := sender.Lister(s); ok && g.uploads.Load() > 0 {
		for u, err := range lister.Uploads(ctx, g.prefix) {
			g.begun(u.Upload, err)
		}
	}
	return g.openUploads()
}

func (g *ground) openUploads() []sender.Upload {
	g.mu.Lock()
	defer g.mu.Unlock()
	var all []sender.Upload
	for u := range g.open {
		all = append(all, u)
	}
	return all
}

// remove deletes the objects, and returns the keys of those that may be left.
func (g *ground) remove(ctx context.Context, s sender.Store) (left []string, failed error) {
	r, can := s.(Remover)
	verdicts := make([]error, g.keys)
	var wg sync.WaitGroup
	turns := make(chan struct{}, removers)
	for n := range verdicts {
		turns <- struct{}{}
		wg.Go(func() {
			defer func() { <-turns }()
			if can {
				verdicts[n] = removed(ctx, r, g.key(int64(n)))
			}
		})
	}
	wg.Wait()
	for n, err := range verdicts {
		if err != nil || !can {
			left = append(left, g.key(int64(n)))
		}
		failed = cmp.Or(failed, err)
	}
	if len(left) == 0 {
		g.keys = 0
	}
	return left, failed
}

// removers is how many objects are removed at once.
const removers = 16

// removed removes an object, and tries again what may pass.
func removed(ctx context.Context, r Remover, key string) error {
	for wait := 200 * time.Millisecond; ; wait *= 2 {
		err := r.Remove(ctx, key)
		if err == nil || sender.KindOf(err) != sender.TryAgain || wait > time.Second {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(wait):
		}
	}
}
