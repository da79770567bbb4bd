package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/ingest-dev/ingest/test/internal/tamper"
)

// Run runs the program to its end, and looks at what has to hold always.
func (t *Trial) Run(c Command) *Result {
	t.Helper()
	r := t.run(c)
	t.Runs = append(t.Runs, r)
	t.judge(c, r)
	return r
}

func (t *Trial) run(c Command) *Result {
	t.Helper()
	if c.Patience == 0 {
		c.Patience = time.Minute
	}
	ctx, cancel := context.WithTimeout(t.Context(), c.Patience)
	defer cancel()
	level := "debug"
	if c.Quiet {
		level = "warn"
	}
	r := &Result{rule: c.Tamper, args: t.arguments(c, level), killed: c.Kill.Signal != 0}
	p := &process{Trial: t, c: c, args: r.args, env: append(t.environment(t.Dir, t.Temp), c.Env...)}
	p.stdout, p.stderr = t.output("stdout"), t.output("stderr")
	began := time.Now()
	status := p.run(ctx, r)
	r.Took, r.hung = p.ended.Sub(began), ctx.Err() != nil
	if !p.signalled.IsZero() {
		r.Survived = p.ended.Sub(p.signalled)
	}
	r.Code = status.ExitStatus()
	if status.Signaled() {
		r.Signal = status.Signal()
	}
	r.Stdout, r.Stderr = t.said(p.stdout), t.said(p.stderr)
	return r
}

// output is a file that takes what the program says: nobody has to read it while it runs.
func (t *Trial) output(name string) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.desk, filepath.Base(t.Dir)+"."+name))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func (t *Trial) said(f *os.File) []byte {
	t.Helper()
	text, err := os.ReadFile(f.Name())
	if err = errors.Join(err, f.Close(), os.Remove(f.Name())); err != nil {
		t.Fatal(err)
	}
	return text
}

// process is a run of the program while it lasts.
type process struct {
	*Trial
	c              Command
	args, env      []string
	stdout, stderr *os.File
	killer         sync.WaitGroup
	signalled      time.Time // when the killer last sent something
	ended          time.Time
}

// run returns how the process ended.
func (p *process) run(ctx context.Context, r *Result) syscall.WaitStatus {
	p.Helper()
	ctx, ended := context.WithCancel(ctx)
	defer p.killer.Wait()
	defer ended()
	if p.c.Tamper == nil {
		return p.plain(ctx)
	}
	out, err := tamper.Run(ctx, tamper.Command{
		Path: p.Program, Args: p.args, Env: p.env, Dir: p.Dir, Stdout: p.stdout, Stderr: p.stderr, Rule: *p.c.Tamper,
		Started: func(send func(syscall.Signal)) { p.killer.Go(func() { p.kill(ctx, send) }) },
	})
	p.ended = time.Now()
	if err != nil {
		p.Fatal(err)
	}
	r.Tampered = out
	r.killed = r.killed || p.c.Tamper.Signal != 0
	return out.Status
}

// plain runs a process that nobody tampers with.
func (p *process) plain(ctx context.Context) syscall.WaitStatus {
	p.Helper()
	words := slices.Concat(p.c.Wrap, []string{p.Program}, p.args[1:])
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = p.env, p.Dir, p.stdout, p.stderr
	if err := cmd.Start(); err != nil {
		p.Fatal(err)
	}
	p.showsNoSecret(cmd.Process.Pid)
	send := func(s syscall.Signal) { _ = cmd.Process.Signal(s) } // it may be gone
	p.killer.Go(func() { p.kill(ctx, send) })
	_ = cmd.Wait() // how it ended is in its state
	p.ended = time.Now()
	return cmd.ProcessState.Sys().(syscall.WaitStatus)
}

// kill sends what is to be sent, as long as the process runs.
func (p *process) kill(running context.Context, send func(syscall.Signal)) {
	for _, due := range p.c.Kill.due() {
		select {
		case <-due():
			send(p.c.Kill.Signal)
			p.signalled = time.Now()
		case <-running.Done():
			return
		}
	}
}

// due returns what to wait for before each signal.
func (k Kill) due() (waits []func() <-chan time.Time) {
	if k.Signal == 0 {
		return nil
	}
	if k.When != nil {
		waits = append(waits, func() <-chan time.Time { return k.When })
	}
	for _, d := range []time.Duration{k.After, k.Again} {
		if d > 0 {
			waits = append(waits, func() <-chan time.Time { return time.After(d) })
		}
	}
	return waits
}

// showsNoSecret looks at the process as everyone on the machine can, where there is /proc.
func (p *process) showsNoSecret(pid int) {
	p.Helper()
	if words, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); err == nil {
		p.holdsNoSecret("command line", words)
	}
}
