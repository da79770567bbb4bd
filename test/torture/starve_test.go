//go:build linux

package torture

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/test/internal/lab"
)

// shell runs the program in the process of a shell that has first done something to itself.
func shell(first string) []string { return []string{"sh", "-c", first + ` && exec "$@"`, "sh"} }

// The size of files is limited (ulimit -f): a write of the journal fails as on a full disk, after a signal.
func TestLimitOnFileSizeEndsTheRun(t *testing.T) {
	trial := lab.New(t, small(lab.Options{})).Trial()
	r := trial.Run(lab.Command{Quiet: true, Wrap: shell("ulimit -f 8")})
	if r.Code != 4 || !strings.Contains(string(r.Stderr), syscall.EFBIG.Error()) {
		t.Errorf("want exit 4 and %q: %v", syscall.EFBIG, r)
	}
	trial.Finish()
	t.Logf("exit %d: %s", r.Code, firstLine(string(r.Stderr)))
}

// Few descriptors are enough, or too few; then rows or the run fail and are made good by the next.
func TestFewDescriptorsLoseNothing(t *testing.T) {
	l := lab.New(t, small(lab.Options{Parallel: 16}))
	for _, n := range []int{256, 64, 24, 16, 12, 10, 8, 5} {
		trial := l.Trial()
		r := trial.Run(lab.Command{
			Quiet: true, Wrap: shell(fmt.Sprint("ulimit -n ", n)), Flags: []string{"--retries", "2"},
			Dies: n < 8, // the runtime wants some for itself
			Kill: lab.Kill{Signal: syscall.SIGINT, After: 4 * time.Second, Again: time.Second},
		})
		if n >= 64 && r.Code != 0 {
			t.Errorf("%d descriptors are not enough: %v", n, r)
		}
		if r.Code == 0 {
			trial.EveryObjectIsItsSource()
		}
		trial.Finish()
		trial.Forget()
		t.Logf("%d descriptors: exit %d after %.1f s: %s", n, r.Code, r.Took.Seconds(), firstLine(string(r.Stderr)))
	}
}

// Without a place for its journal a run sends nothing.
func TestNoPlaceForTheJournalSendsNothing(t *testing.T) {
	l := lab.New(t, lab.Options{})
	for name, spoil := range map[string]func(*lab.Trial) []string{
		"no folder": func(trial *lab.Trial) []string {
			trial.Journal = filepath.Join(trial.Dir, "none", "j")
			return nil
		},
		"a folder has its name": func(trial *lab.Trial) []string {
			trial.Journal = folder(t, trial, "j")
			return nil
		},
		"its folder is a file": func(trial *lab.Trial) []string {
			trial.Journal = filepath.Join(trial.Manifest, "j")
			return nil
		},
		"read-only": func(trial *lab.Trial) []string {
			mountable(t)
			dir := folder(t, trial, "journal")
			trial.Journal = filepath.Join(dir, "j")
			return append([]string{"unshare", "-Urm"}, shell(`mount -t tmpfs -o ro tmpfs "`+dir+`"`)...)
		},
	} {
		t.Run(name, func(t *testing.T) {
			trial := l.In(t).Trial()
			journal := trial.Journal
			r := trial.Run(lab.Command{Wrap: spoil(trial)})
			if all, _ := trial.SentAgain(); r.Code != 4 || all != 0 {
				t.Errorf("%d parts and objects were sent, want none and exit 4: %v", all, r)
			}
			trial.Journal = journal
			trial.Finish()
			t.Logf("exit %d, nothing sent: %s", r.Code, firstLine(string(r.Stderr)))
		})
	}
}

// The folder for temporary files is gone. What needs one says so, and nothing is lost.
func TestNoFolderForTemporaryFiles(t *testing.T) {
	l := lab.New(t, lab.Options{})
	for name, flags := range map[string][]string{"report": nil, "no journal": {"--journal", "none"}, "no report": {"--report", ""}} {
		t.Run(name, func(t *testing.T) {
			trial := l.In(t).Trial()
			if err := os.Remove(trial.Temp); err != nil {
				t.Fatal(err)
			}
			r := trial.Run(lab.Command{Quiet: true, Flags: flags})
			if r.Code != 0 && !strings.Contains(string(r.Stderr), trial.Temp) {
				t.Errorf("it does not say what is missing: %v", r)
			}
			if err := os.Mkdir(trial.Temp, 0o700); err != nil {
				t.Fatal(err)
			}
			trial.Finish()
			t.Logf("exit %d: %s", r.Code, firstLine(string(r.Stderr)))
		})
	}
}

// One processor, a heap that is collected all the time, files that all may read by default: nothing of it matters.
func TestNarrowMachineIsEnough(t *testing.T) {
	l := lab.New(t, small(lab.Options{}))
	for name, c := range map[string]lab.Command{
		"one processor": {Env: []string{"GOMAXPROCS=1"}},
		"little memory": {Env: []string{"GOMEMLIMIT=10MiB", "GOGC=5"}},
		"no mask":       {Wrap: shell("umask 000")},
	} {
		t.Run(name, func(t *testing.T) {
			trial := l.In(t).Trial()
			trial.Arrived(trial.Run(c))
		})
	}
}

// The address space is limited. Go's runtime itself dies of that, wherever it is when there is no more: a death like
// any other.
func TestNoAddressSpaceLosesNothing(t *testing.T) {
	l := lab.New(t, lab.Options{Sizes: []int{20 << 20, 12 << 20, 1, 0}, PartSize: 8 << 20})
	for _, mib := range []int{620, 680, 740, 900} {
		trial := l.Trial()
		r := trial.Run(lab.Command{Quiet: true, Wrap: shell(fmt.Sprint("ulimit -v ", mib<<10)), Dies: true})
		if r.Code == 0 {
			trial.EveryObjectIsItsSource()
		}
		trial.Finish()
		trial.Forget()
		t.Logf("%d MiB: exit %d: %s", mib, r.Code, firstLine(string(r.Stderr)))
	}
}

// A process of a group that has little memory makes do with it, or the kernel kills it.
func TestKilledForWantOfMemoryLosesNothing(t *testing.T) {
	l := lab.New(t, lab.Options{Sizes: []int{40 << 20, 20 << 20, 1, 0}, PartSize: 16 << 20, Parallel: 6})
	kills := 0
	for _, mib := range []int{4, 8, 24, 64} {
		group := memoryGroup(t, mib<<20)
		trial := l.Trial()
		r := trial.Run(lab.Command{Flags: []string{"--reader", "pread"}, Wrap: shell("echo $$ >" + group + "/cgroup.procs"), Dies: true})
		if r.Signal == syscall.SIGKILL {
			kills++
		}
		if r.Code == 0 {
			trial.EveryObjectIsItsSource()
		}
		trial.Finish()
		trial.Forget()
		t.Logf("%d MiB for 6 parts of 16 MiB: exit %d, signal %d", mib, r.Code, r.Signal)
	}
	if kills == 0 {
		t.Skip("the kernel killed none, as it finds enough to reclaim: only the narrow groups were tested")
	}
}

// memoryGroup makes a group of processes that may have so many bytes (cgroup v1 or v2), or skips the test.
func memoryGroup(t *testing.T, most int) string {
	t.Helper()
	for root, limit := range map[string]string{"/sys/fs/cgroup/memory": "memory.limit_in_bytes", "/sys/fs/cgroup": "memory.max"} {
		group := filepath.Join(root, fmt.Sprint("ingest-torture-", os.Getpid(), "-", most))
		if os.Mkdir(group, 0o700) != nil {
			continue
		}
		t.Cleanup(func() { _ = syscall.Rmdir(group) })
		if os.WriteFile(filepath.Join(group, limit), fmt.Append(nil, most), 0o600) == nil {
			_ = os.WriteFile(filepath.Join(group, "memory.swap.max"), []byte("0"), 0o600) // there may be no swap to forbid
			return group
		}
	}
	t.Skip("SKIPPED, NOTHING WAS TESTED: no memory group can be made here; in its stead there is TestKilledAtRandomInstantsLosesNothing")
	return ""
}

// Whoever makes the program print its stacks does not get the keys.
func TestStacksHoldNoSecret(t *testing.T) {
	l := lab.New(t, lab.Options{Sizes: []int{4 << 20, 4 << 20, 1 << 20}})
	for _, sig := range []syscall.Signal{syscall.SIGQUIT, syscall.SIGABRT} {
		for _, level := range []string{"single", "all", "system"} {
			trial := l.Trial()
			r := trial.Run(lab.Command{
				Flags: []string{"--limit-rate", "8MiB"}, Env: []string{"GOTRACEBACK=" + level},
				Kill: lab.Kill{Signal: sig, After: 80 * time.Millisecond}, Wrap: shell("ulimit -c 0"),
			})
			if !strings.Contains(string(r.Stderr), "goroutine ") {
				t.Errorf("%v: no stacks were printed: %v", sig, r)
			}
			trial.Finish()
			trial.Forget()
			t.Logf("%v, GOTRACEBACK=%s: %d bytes of stacks and no secret; exit %d", sig, level, len(r.Stderr), r.Code)
		}
	}
}
