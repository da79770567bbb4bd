package main

import (
	"bufio"
	"bytes"
	"io/fs"
	"math"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
)

// unlimited is the memory of a machine that does not say how much there is.
const unlimited = math.MaxInt64

// atRest is what a run takes besides the parts in flight, in bytes: the program, its connections, a bit a row.
const atRest = 64 << 20

// allowance is how many bytes this process may take, and who says so.
type allowance struct {
	bytes int64
	says  string
}

// memoryLimit is the least of what the runtime was told, what the control group allows, and half of what the machine
// has: others live there too.
func memoryLimit() allowance {
	least := allowance{unlimited, ""}
	for _, m := range []allowance{
		{debug.SetMemoryLimit(-1), "GOMEMLIMIT"},
		{groupLimit(rootFS()), "the control group"},
		{physicalMemory() / 2, "half of this machine's memory"},
	} {
		if m.bytes > 0 && m.bytes < least.bytes {
			least = m
		}
	}
	return least
}

// partsIn is how many parts of a size fit into the memory, beside the rest; at least one. A tenth is left free: the
// kernel counts buffers of sockets and pages of files too.
func (m allowance) partsIn(size int64) int {
	if m.bytes == unlimited {
		return maxParallel
	}
	return int(max(1, min(maxParallel, m.forParts()/size)))
}

// forParts is how many bytes are left for the parts in flight.
func (m allowance) forParts() int64 { return max(1, m.bytes/10*9-atRest) }

// groupLimit is the least limit of the memory control groups that this process is in, version 1 or 2, or 0 if there
// is none. In a container the path may be the host's; then the root of what is mounted is the container's own.
func groupLimit(root fs.FS) int64 {
	groups, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return 0
	}
	least := int64(unlimited)
	for lines := bufio.NewScanner(bytes.NewReader(groups)); lines.Scan(); {
		_, rest, _ := strings.Cut(lines.Text(), ":")
		controllers, group, _ := strings.Cut(rest, ":")
		switch {
		case controllers == "":
			least = min(least, limitAbove(root, "sys/fs/cgroup", group, "memory.max"))
		case strings.Contains(","+controllers+",", ",memory,"):
			least = min(least, limitAbove(root, "sys/fs/cgroup/memory", group, "memory.limit_in_bytes"))
		}
	}
	if least == unlimited {
		return 0
	}
	return least
}

// limitAbove is the least limit from a group up to where its hierarchy is mounted.
func limitAbove(root fs.FS, mount, group, file string) int64 {
	least := int64(unlimited)
	for dir := path.Join("/", group); ; dir = path.Dir(dir) {
		text, err := fs.ReadFile(root, path.Join(mount, dir, file))
		if n, bad := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && bad == nil {
			least = min(least, n)
		}
		if dir == "/" {
			return least
		}
	}
}
