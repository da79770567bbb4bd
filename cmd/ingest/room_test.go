package main

import (
	"math"
	"testing"
	"testing/fstest"

	"github.com/ingest-dev/ingest/pipeline"
)

func TestRoomIsTheLeastOfFilesAndMemory(t *testing.T) {
	const mib = 1 << 20
	all := allowance{unlimited, ""}
	for name, c := range map[string]struct {
		size  int64
		files int
		m     allowance
		want  room
	}{
		"no limits": {16 * mib, maxDescriptors, all, room{maxParallel, "16416 files may be open (ulimit -n)"}},
		"256 files": {16 * mib, 256, all, room{56, "256 files may be open (ulimit -n)"}},
		"fewer files than the process has itself": {16 * mib, 10, all, room{1, "10 files may be open (ulimit -n)"}},
		"a small container":                       {16 * mib, 1024, allowance{256 * mib, "the control group"}, room{10, "parts of 16 MiB must fit into 256 MiB (the control group)"}},
		"no room for one":                         {5 << 30, 1024, allowance{128 * mib, "GOMEMLIMIT"}, room{1, "parts of 5.0 GiB must fit into 128 MiB (GOMEMLIMIT)"}},
	} {
		if got := roomFor(c.size, c.files, c.m); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

func TestGroupLimitIsTheLeastUpToTheRoot(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  int64
	}{
		"no groups": {nil, 0},
		"version 2, the parent has less": {map[string]string{
			"proc/self/cgroup":             "0::/a/b\n",
			"sys/fs/cgroup/a/b/memory.max": "max\n",
			"sys/fs/cgroup/a/memory.max":   "1000\n",
			"sys/fs/cgroup/memory.max":     "2000\n",
		}, 1000},
		"version 2, in a container": {map[string]string{
			"proc/self/cgroup":         "0::/\n",
			"sys/fs/cgroup/memory.max": "3000\n",
		}, 3000},
		"version 2, no limit": {map[string]string{
			"proc/self/cgroup":         "0::/\n",
			"sys/fs/cgroup/memory.max": "max\n",
		}, 0},
		"version 1, by the host's path": {map[string]string{
			"proc/self/cgroup":                           "5:cpu,cpuacct:/x\n4:memory:/docker/0123\n0::/\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes": "4000\n",
		}, 4000},
		"version 1, among others": {map[string]string{
			"proc/self/cgroup": "4:hugetlb,memory:/x\n",
			"sys/fs/cgroup/memory/x/memory.limit_in_bytes": "5000\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes":   "9223372036854771712\n",
		}, 5000},
		"nonsense": {map[string]string{
			"proc/self/cgroup":         "nonsense\n0::/../..\n:::\n",
			"sys/fs/cgroup/memory.max": "-\n",
		}, 0},
	} {
		root := fstest.MapFS{}
		for path, text := range c.files {
			root[path] = &fstest.MapFile{Data: []byte(text)}
		}
		if got := groupLimit(root); got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
}

func TestThisMachineHasRoom(t *testing.T) {
	if m := memoryLimit(); m.bytes < 64<<20 || m.bytes == math.MaxInt64 && m.says != "" {
		t.Errorf("got %v", m)
	}
}

// A run that finds the number of parts in flight by itself begins where a fixed one would, and keeps to the memory.
func TestOnlyAutoMovesTheNumberInFlight(t *testing.T) {
	fixed := &transfer{parallel: 7}
	if o := fixed.found(pipeline.Options{}); o.MaxParallel != 0 || fixed.most() != fixed.parts() {
		t.Errorf("fixed: %+v, at most %d", o, fixed.most())
	}
	found := &transfer{}
	o := found.found(pipeline.Options{})
	if o.MaxParallel < found.parts() || o.MaxParallel > maxAuto || o.Memory <= 0 {
		t.Errorf("auto: %+v, beginning with %d", o, found.parts())
	}
}
