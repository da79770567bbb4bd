//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/ingest-dev/ingest/bench/internal/lab"
)

// played is a pair with what was measured of it.
type played struct {
	pair
	costs [2][]lab.Cost // ours, theirs: the same number of both
	err   error         // why the pair could not be measured
}

// field is where clients are measured.
type field struct {
	data   string
	peers  string
	ours   string // flags for ingest
	work   string
	stores map[string]*lab.Store // by dialect
}

func (f *field) pem() string { return filepath.Join(f.work, "store.pem") }

// open starts a store for each dialect.
func (f *field) open(ctx context.Context) (err error) {
	f.stores = map[string]*lab.Store{}
	flags := map[string][]string{"s3": nil, "oss": {"-crc64"}, "s3+tls": {"-tls", f.pem()}}
	for dialect, with := range flags {
		if f.stores[dialect], err = lab.StartStore(ctx, filepath.Join(f.work, "nullstore"), with...); err != nil {
			return err
		}
	}
	return nil
}

func (f *field) close() {
	for _, s := range f.stores {
		if s != nil {
			s.Stop()
		}
	}
}

// play measures a pair runs times. Who goes first changes from run to run.
func (f *field) play(p pair, s set, runs int) played {
	result := played{pair: p}
	for run := range runs {
		for turn := range 2 {
			who := (run + turn) % 2
			cost, err := f.once([2]string{p.ours, p.theirs}[who], s)
			if err != nil {
				result.err = err
				return result
			}
			result.costs[who] = append(result.costs[who], cost)
		}
		fmt.Fprintf(os.Stderr, "%s\n", result.last())
	}
	return result
}

func (p played) last() string {
	a, b := p.costs[0][len(p.costs[0])-1], p.costs[1][len(p.costs[1])-1]
	return fmt.Sprintf("%s: %s %.2f s CPU %.2f s wall, %s %.2f s CPU %.2f s wall",
		p.set, p.ours, a.CPU.Seconds(), a.Wall.Seconds(), p.theirs, b.CPU.Seconds(), b.Wall.Seconds())
}

// once runs one client.
func (f *field) once(name string, s set) (lab.Cost, error) {
	c, path, err := f.client(name)
	if err != nil {
		return lab.Cost{}, err
	}
	work, err := os.MkdirTemp(f.work, "run-")
	if err != nil {
		return lab.Cost{}, err
	}
	defer os.RemoveAll(work) //nolint:errcheck // a folder of the temporary ones
	ours := f.ours
	if ours == "" {
		with := settings[s.name]
		ours = fmt.Sprintf("--parallel %d --part-size %d", with.parallel, with.part)
	}
	return lab.Measure(c.command(path, job{
		set: s, data: f.data, files: filepath.Join(f.data, s.name), addr: f.stores[c.dialect].Addr, work: work, pem: f.pem(), ours: ours,
	}))
}

// client finds a client and its program. What was built here goes before what is installed.
func (f *field) client(name string) (client, string, error) {
	for _, c := range clients {
		if c.name != name {
			continue
		}
		path, err := c.find(f.work)
		if err != nil && f.peers != "" {
			path, err = c.find(f.peers)
		}
		return c, path, err
	}
	return client{}, "", fmt.Errorf("no client has the name %q", name)
}
