package tamper

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"syscall"
	"unsafe"
)

// Probe returns nil if processes can be traced here, or why not.
func Probe(ctx context.Context) error {
	out, err := Run(ctx, Command{Path: "/proc/self/exe", Args: []string{"probe", "-test.list=^$"}, Env: []string{},
		Rule: Rule{Calls: []string{"openat", "read", "mmap"}}})
	if err == nil && out.Seen == 0 {
		err = errors.New("no system call was seen")
	}
	return err
}

// Run runs a process to its end, or kills it at that of ctx. The error is nil if it ran, however it ended.
func Run(ctx context.Context, c Command) (Outcome, error) {
	runtime.LockOSThread() // only the thread that started a process may trace it
	defer runtime.UnlockOSThread()
	pid, err := syscall.ForkExec(c.Path, c.Args, &syscall.ProcAttr{
		Dir: c.Dir, Env: c.Env, Sys: &syscall.SysProcAttr{Ptrace: true}, Files: descriptors(c),
	})
	if err != nil {
		return Outcome{}, fmt.Errorf("start %s: %w", c.Path, err)
	}
	p := &process{pid: pid, proc: fmt.Sprintf("/proc/%d", pid), rule: &c.Rule, threads: map[int]*thread{pid: {}}}
	stop := p.killAtEnd(ctx)
	defer stop()
	if err := p.begin(c.Started); err != nil {
		p.send(syscall.SIGKILL)
		_, _ = syscall.Wait4(pid, nil, syscall.WALL, nil)
		return Outcome{}, fmt.Errorf("trace %s: %w", c.Path, err)
	}
	defer p.memory.Close()
	return p.outcome, p.follow()
}

// descriptors are those of the process: what it says goes to nobody where nobody asked for it.
func descriptors(c Command) []uintptr {
	fds := []uintptr{^uintptr(0), ^uintptr(0), ^uintptr(0)}
	for i, f := range []*os.File{nil, c.Stdout, c.Stderr} {
		if f != nil {
			fds[i] = f.Fd()
		}
	}
	return fds
}

// process is one that is traced. All of it is used by one thread.
type process struct {
	pid     int
	proc    string
	memory  *os.File
	rule    *Rule
	threads map[int]*thread
	outcome Outcome
}

// thread is what is known of one of the process's threads.
type thread struct {
	faked  bool  // the call that it is in is not carried out
	result int64 // and returns this
}

// killAtEnd kills the process when ctx ends, until stop is called.
func (p *process) killAtEnd(ctx context.Context) (stop func()) {
	done := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		select {
		case <-ctx.Done():
			p.send(syscall.SIGKILL)
		case <-done:
		}
	})
	return func() {
		close(done)
		watch.Wait()
	}
}

// send may be called by others. The process may be gone by then; no other has its number so soon.
func (p *process) send(sig syscall.Signal) { _ = syscall.Kill(p.pid, sig) }

const exitKill = 1 << 20 // PTRACE_O_EXITKILL: the process dies with whom it is traced by

// begin takes over the process at its exec, and lets it run.
func (p *process) begin(started func(send func(syscall.Signal))) (err error) {
	var status syscall.WaitStatus
	if _, err = syscall.Wait4(p.pid, &status, syscall.WALL, nil); err != nil || !status.Stopped() {
		return fmt.Errorf("it ended at once: %v, %w", status, err)
	}
	err = syscall.PtraceSetOptions(p.pid, syscall.PTRACE_O_TRACESYSGOOD|syscall.PTRACE_O_TRACECLONE|exitKill)
	if err != nil {
		return err
	}
	if p.memory, err = os.Open(p.proc + "/mem"); err != nil {
		return err
	}
	if started != nil {
		started(p.send)
	}
	return syscall.PtraceSyscall(p.pid, 0)
}

// follow handles every stop of every thread until the process is gone.
func (p *process) follow() error {
	for {
		var status syscall.WaitStatus
		// Only children of this thread: the test's other processes are other threads'.
		tid, err := syscall.Wait4(-1, &status, syscall.WALL|syscall.WNOTHREAD, nil)
		switch {
		case errors.Is(err, syscall.EINTR):
		case err != nil:
			return fmt.Errorf("wait: %w", err)
		case status.Stopped():
			// A thread that is gone meanwhile was killed with the others.
			if err := syscall.PtraceSyscall(tid, p.stopped(tid, status)); err != nil && !errors.Is(err, syscall.ESRCH) {
				return fmt.Errorf("go on: %w", err)
			}
		case tid == p.pid:
			p.outcome.Status = status
			return nil
		default:
			delete(p.threads, tid)
		}
	}
}

// stopped handles a stop, and returns the signal that the thread is to go on with.
func (p *process) stopped(tid int, status syscall.WaitStatus) int {
	t, known := p.threads[tid]
	if !known {
		t = &thread{}
		p.threads[tid] = t
	}
	switch sig := status.StopSignal(); sig {
	case syscall.SIGTRAP | 0x80:
		p.atCall(tid, t)
		return 0
	case syscall.SIGTRAP: // at a clone, or the exec
		return 0
	case syscall.SIGSTOP:
		if !known { // how a new thread begins
			return 0
		}
		return int(sig)
	default:
		return int(sig)
	}
}

// atCall is before or after a call.
func (p *process) atCall(tid int, t *thread) {
	info, err := callInfo(tid)
	switch {
	case err != nil:
	case info.op == atEntry:
		p.entering(tid, t, info)
	case t.faked:
		t.faked = false
		change(tid, func(r *syscall.PtraceRegs) { r.Rax = uint64(t.result) })
	}
}

func (p *process) entering(tid int, t *thread, info info) {
	c, ok := p.call(info.number, info.args)
	if !ok || !p.rule.matches(c) {
		return
	}
	p.outcome.Seen++
	if !p.rule.strikes(p.outcome.Seen) {
		return
	}
	c.N = p.outcome.Seen
	p.outcome.Struck = append(p.outcome.Struck, c)
	if p.rule.Signal != 0 {
		p.send(p.rule.Signal)
	}
	switch {
	case p.rule.Errno != 0:
		t.faked, t.result = true, -int64(p.rule.Errno)
	case p.rule.Pretend:
		t.faked, t.result = true, pretended(c.Name, info.args)
	default:
		return
	}
	change(tid, func(r *syscall.PtraceRegs) { r.Orig_rax = ^uint64(0) }) // there is no such call
}

// pretended is what a call returns that does nothing and says it has.
func pretended(name string, args [6]uint64) int64 {
	if name == "write" || name == "pwrite64" {
		return int64(args[2])
	}
	return 0
}

func change(tid int, f func(*syscall.PtraceRegs)) {
	var regs syscall.PtraceRegs
	if syscall.PtraceGetRegs(tid, &regs) == nil {
		f(&regs)
		_ = syscall.PtraceSetRegs(tid, &regs) // the thread may be gone
	}
}

// info is the kernel's struct ptrace_syscall_info, as it is at the entry of a call.
type info struct {
	op     uint8
	_      [3]byte
	arch   uint32
	ip, sp uint64
	number uint64
	args   [6]uint64
}

const (
	getCallInfo = 0x420e // PTRACE_GET_SYSCALL_INFO, since Linux 5.3
	atEntry     = 1      // PTRACE_SYSCALL_INFO_ENTRY
)

func callInfo(tid int) (i info, err error) {
	_, _, errno := syscall.RawSyscall6(syscall.SYS_PTRACE, getCallInfo, uintptr(tid), unsafe.Sizeof(i),
		uintptr(unsafe.Pointer(&i)), 0, 0)
	if errno != 0 {
		return i, errno
	}
	return i, nil
}
