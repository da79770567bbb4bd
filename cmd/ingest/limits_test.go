//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFewFilesMayBeOpen moves many files with no more descriptors than a run has itself, and some.
func TestFewFilesMayBeOpen(t *testing.T) {
	b := newWorkbench(t)
	startStore(t, nil)
	var rows strings.Builder
	for i := range 300 {
		fmt.Fprintf(&rows, "{\"source\":\"in/small\",\"key\":\"%d\"}\n", i)
	}
	rows.WriteString("{\"source\":\"in/deep/large\"}\n")
	if err := os.WriteFile(filepath.Join(b.dir, "rows.jsonl"), []byte(rows.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, limit := range []int{256, 64} {
		for _, to := range []string{"oss://demo/x", "file://$PWD/out"} {
			script := fmt.Sprintf("ulimit -n %d && ingest run rows.jsonl --to %s --parallel 64 --part-size 1MiB", limit, to)
			text, code := b.shell(script)
			want := fmt.Sprintf("%d files may be open (ulimit -n): fewer parts are in flight", limit)
			if code != exitDone || strings.Count(text, want) != 1 || !strings.Contains(text, "301 of 301 rows done, 0 failed") {
				t.Errorf("%s: exit %d: %s", script, code, text)
			}
		}
	}
}

func TestPartsFitIntoTheMemory(t *testing.T) {
	b := newWorkbench(t)
	startStore(t, nil)
	text, code := b.shell("GOMEMLIMIT=96MiB ingest run in/rows.txt --to oss://demo/x --part-size 8MiB --parallel 8")
	want := "parts of 8.0 MiB must fit into 96 MiB (GOMEMLIMIT): fewer parts are in flight parallel=2 wanted=8"
	if code != exitDone || strings.Count(text, want) != 1 {
		t.Errorf("exit %d, want %q: %s", code, want, text)
	}
	if text, code := b.shell("ingest run in/rows.txt --to oss://demo/x --part-size 8MiB --parallel 8"); code != exitDone || strings.Contains(text, "fewer") {
		t.Errorf("with memory enough: exit %d: %s", code, text)
	}
}

// TestSmallControlGroup moves a file in a group that has no room for the parts that were asked for.
func TestSmallControlGroup(t *testing.T) {
	group, err := os.MkdirTemp("/sys/fs/cgroup/memory", "ingest-test-")
	if err != nil {
		t.Skip("SKIPPED: no control group (version 1) can be made here: ", err)
	}
	t.Cleanup(func() { os.Remove(group) })
	b := newWorkbench(t)
	startStore(t, nil)
	if err := os.Truncate(filepath.Join(b.dir, "in/deep/large"), 300<<20); err != nil {
		t.Fatal(err)
	}
	text, code := b.shell("echo 96M > " + group + "/memory.limit_in_bytes && echo $$ > " + group + "/cgroup.procs && " +
		"ingest run in/rows.txt --to oss://demo/x --parallel 64")
	if code != exitDone || !strings.Contains(text, "must fit into 96 MiB (the control group): fewer parts are in flight parallel=1 wanted=64") {
		t.Errorf("exit %d: %s", code, text)
	}
}

// TestFullDisk runs in a file system of its own that something else has filled, and again when there is room.
func TestFullDisk(t *testing.T) {
	b := newWorkbench(t)
	startStore(t, nil)
	if text, code := b.shell("unshare -m sh -c 'mkdir probe && mount -t tmpfs none probe'"); code != 0 {
		t.Skip("SKIPPED: no file system can be mounted here: ", text)
	}
	for name, c := range map[string]struct {
		script string
		code   int
		want   string
	}{
		"journal":  {"ingest run in/rows.txt --to oss://demo/x --journal full/j", exitJournal, "make room where the journal is"},
		"report":   {"ingest run in/rows.txt --to oss://demo/x --journal j --report full/r", exitStopped, "the report is not written: write full/"},
		"objects":  {"ingest run in/rows.txt --to file://$PWD/full --journal k", exitRefused, "no space left"},
		"stdout":   {"ingest run in/rows.txt --to oss://demo/x > full/out", exitDone, "the summary could not be printed"},
		"report -": {"ingest run in/rows.txt --to oss://demo/x --report - > full/out", exitStopped, "the report is not written"},
		"manifest": {"ingest manifest in > full/m", exitFailed, "no space left"},
		"verify":   {"ingest run in/rows.txt --to oss://demo/x && ingest verify in/rows.txt --to oss://demo/x > full/v", exitFailed, "no space left"},
		"dump":     {"ingest run in/rows.txt --to oss://demo/x --keep-journal --journal d && ingest journal d > full/d", exitFailed, "no space left"},
	} {
		t.Run(name, func(t *testing.T) {
			fill := "mkdir -p full && mount -t tmpfs -o size=64k none full && { head -c 100000 /dev/zero > full/filler; true; }"
			script := "exec 3>&1; mnt() { " + fill + "; }; mnt 2>/dev/null; " + c.script + "; echo code=$?; rm full/filler; mount -o remount,size=9m full; " + c.script + "; echo again=$?"
			text, _ := b.shell("unshare -m sh -c '" + script + "'")
			if !strings.Contains(text, fmt.Sprintf("code=%d\n", c.code)) || !strings.Contains(text, c.want) || !strings.Contains(text, "again=0\n") {
				t.Errorf("want code %d, %q, and 0 again: %s", c.code, c.want, text)
			}
		})
	}
}
