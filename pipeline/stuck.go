package pipeline

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// Stuck is a row, or a part of one, that has been in one step of its way for long.
type Stuck struct {
	Row   int64
	Key   string
	Part  int           // its number, from 1; 0: the row as a whole
	Stage string        // "open", "read", "hash", "send", "finish", or "journal" where its record is taken
	Since time.Duration // ago it got there
}

// Stuck lists what has been in one step for longer than that, the longest first. To wait for a buffer counts as
// reading; requests that are tried again stay where they are. It may be called at any time.
func (r *Runner) Stuck(longer time.Duration) []Stuck {
	stuck := r.watch.look(longer, time.Now())
	slices.SortFunc(stuck, func(a, b Stuck) int { return cmp.Compare(b.Since, a.Since) })
	return stuck
}

// job is what stages work on: a file or a part.
type job interface {
	// where returns what a person knows it by. It does not change on the way.
	where() (row int64, key string, part int)
}

func (f *file) where() (row int64, key string, part int) { return f.row.Number, f.row.Key, 0 }

func (p *part) where() (row int64, key string, part int) {
	return p.file.row.Number, p.file.row.Key, p.number
}

// watch knows all desks of a run.
type watch struct {
	mu    sync.Mutex
	desks []*desk
}

// desks makes n desks of a stage, and has them watched.
func (r *Runner) desks(stage string, n int) []*desk {
	made := make([]*desk, n)
	for i := range made {
		made[i] = &desk{stage: stage}
	}
	r.watch.mu.Lock()
	defer r.watch.mu.Unlock()
	r.watch.desks = append(r.watch.desks, made...)
	return made
}

func (w *watch) look(longer time.Duration, now time.Time) (stuck []Stuck) {
	w.mu.Lock()
	desks := w.desks
	w.mu.Unlock()
	for _, d := range desks {
		if s, ok := d.look(now); ok && s.Since > longer {
			stuck = append(stuck, s)
		}
	}
	return stuck
}

// desk is where one worker of a stage has its job. The lock is the worker's own but for the moments when somebody
// looks: it costs nanoseconds a job, and no memory.
type desk struct {
	stage string // at which it takes jobs

	mu    sync.Mutex
	at    string // the stage that the job has come to
	job   job    // nil while the worker waits for one, or for somebody to take it
	since time.Time
}

func (d *desk) take(j job) { d.put(d.stage, j, time.Now()) }

// move takes the job to another stage, as a part or as the file again.
func (d *desk) move(stage string, j job) { d.put(stage, j, time.Now()) }

func (d *desk) leave() { d.put("", nil, time.Time{}) }

func (d *desk) put(stage string, j job, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.at, d.job, d.since = stage, j, now
}

// look returns what lies on the desk.
func (d *desk) look(now time.Time) (Stuck, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.job == nil {
		return Stuck{}, false
	}
	s := Stuck{Stage: d.at, Since: now.Sub(d.since)}
	s.Row, s.Key, s.Part = d.job.where()
	return s, true
}
