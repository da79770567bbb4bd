//go:build unix

package main

// pair is two clients that are measured one right after the other, and what their ratio may be. A bound of 0 is none.
type pair struct {
	set, ours, theirs string
	cpu, wall         float64 // bounds of ours/theirs
}

// pairs are the laws of speed. What ingest costs above the floor is what signing, the journal, answers that are
// compared, and retries cost. The floor itself could still save one system call an object, by writev.
var pairs = []pair{
	{set: "large", ours: "ingest", theirs: "floor", cpu: 1.30},
	{set: "large", ours: "ingest (OSS)", theirs: "floor", cpu: 1.35},
	{set: "large", ours: "ingest (TLS)", theirs: "floor", cpu: 2.4},
	{set: "large", ours: "ingest", theirs: "juicefs", cpu: 1.0, wall: 1.0},
	{set: "large", ours: "ingest (OSS)", theirs: "ossutil", cpu: 0.4},
	{set: "large", ours: "ingest", theirs: "aws", cpu: 0.2},
	{set: "large", ours: "ingest", theirs: "mc"},
	{set: "large", ours: "ingest", theirs: "s5cmd"},
	{set: "large", ours: "ingest", theirs: "rclone"},
	{set: "large", ours: "ingest", theirs: "curl"},

	{set: "small", ours: "ingest", theirs: "floor", cpu: 2.0},
	{set: "small", ours: "ingest", theirs: "floor (writev)"},
	{set: "small", ours: "ingest (OSS)", theirs: "floor"},
	{set: "small", ours: "ingest (OSS)", theirs: "ossutil", cpu: 0.45, wall: 0.45},
	{set: "small", ours: "ingest", theirs: "juicefs"},
	{set: "small", ours: "ingest", theirs: "mc"},
	{set: "small", ours: "ingest", theirs: "s5cmd"},
	{set: "small", ours: "ingest", theirs: "rclone"},
	{set: "small", ours: "ingest", theirs: "aws"},

	{set: "mixed", ours: "ingest", theirs: "floor", cpu: 1.4},
	{set: "mixed", ours: "ingest (OSS)", theirs: "ossutil", cpu: 0.5, wall: 0.5},
	{set: "mixed", ours: "ingest", theirs: "juicefs"},
	{set: "mixed", ours: "ingest", theirs: "mc"},
	{set: "mixed", ours: "ingest", theirs: "s5cmd"},
	{set: "mixed", ours: "ingest", theirs: "rclone"},
	{set: "mixed", ours: "ingest", theirs: "aws"},
}

// room is what a run of ingest may take besides its parts in flight, bytes.
const room = 64 << 20
