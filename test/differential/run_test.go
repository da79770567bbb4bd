package differential

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"time"
)

// patience is after how long a client is taken to hang. The longest time-outs that the clients have of their own are a
// minute.
const patience = 3 * time.Minute

// ended is how a process ended.
type ended struct {
	code          int // -1: by a signal
	hung, crashed bool
	killed        bool // on purpose
	took          time.Duration
	stdout, said  []byte // said: both, as they came
}

// crash is what a runtime prints of a program that died of a fault of its own.
var crash = regexp.MustCompile(`(?m)^(panic: |fatal error: |SIG[A-Z]+: |unexpected fault address|FATAL ERROR: |node:internal/process/promises)`)

// run runs the client to its end, while during does what the scenario wants; the context of during ends with the run.
func (c *cell) run(during func(ctx context.Context, c *cell)) ended {
	c.Helper()
	ctx, cancel := context.WithTimeout(c.Context(), c.scenario.patience)
	defer cancel()
	var stdout, said shared
	cmd := c.command(ctx)
	cmd.Stdout, cmd.Stderr = &both{&stdout, &said}, &said
	began := time.Now()
	if err := cmd.Start(); err != nil {
		c.Fatal(err)
	}
	c.process = cmd.Process
	beside, over := context.WithCancel(ctx)
	var wait sync.WaitGroup
	if during != nil {
		wait.Go(func() { during(beside, c) })
	}
	_ = cmd.Wait() // how it ended is in its state
	took := time.Since(began)
	over()
	wait.Wait()
	c.settle()
	e := ended{
		code: cmd.ProcessState.ExitCode(), hung: ctx.Err() != nil, took: took, stdout: stdout.text, said: said.text,
	}
	signalled := cmd.ProcessState.Sys().(syscall.WaitStatus).Signaled()
	e.killed = signalled && c.scenario.kills && !e.hung
	e.crashed = !e.hung && !e.killed && (signalled || crash.Match(e.said))
	return e
}

// settle lets the store end what it was doing. What it stalls on purpose may last: it has not noticed yet that the
// client is gone.
func (c *cell) settle() {
	ctx, cancel := context.WithTimeout(c.Context(), 3*time.Second)
	defer cancel()
	if !c.scenario.twin {
		c.tally.quiet(ctx)
	}
}

// command is the client with nothing of the user's around it.
func (c *cell) command(ctx context.Context) *exec.Cmd {
	task := c.task()
	words := append(c.scenario.wrap, c.client.words(task)...)
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.WaitDelay = 5 * time.Second
	cmd.Dir = filepath.Join(c.dir, "home")
	cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + cmd.Dir, "TMPDIR=" + filepath.Join(c.dir, "tmp"), "AWS_EC2_METADATA_DISABLED=true",
	}, c.client.env(task)...)
	return cmd
}

// twice runs the client, and once more beside it as soon as two parts are stored.
func (c *cell) twice() (first, second ended) {
	var wait sync.WaitGroup
	first = c.run(func(ctx context.Context, c *cell) {
		if c.tally.reached(ctx, 2) {
			wait.Go(func() { second = c.run(nil) })
		}
	})
	wait.Wait()
	return first, second
}

// mend ends what goes wrong, and notes whether something did.
func (c *cell) mend() {
	for _, n := range c.script.Struck() {
		c.struck = c.struck || n > 0
	}
	c.script.Set()
	c.proxy.Plan(nil)
	c.proxy.Down(false)
}

// shared is a buffer that two streams are written to.
type shared struct {
	mu   sync.Mutex
	text []byte
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text = append(s.text, p...)
	return len(p), nil
}

type both struct{ one, other *shared }

func (b *both) Write(p []byte) (int, error) {
	_, _ = b.one.Write(p) // never fails
	return b.other.Write(p)
}
