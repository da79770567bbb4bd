// Package tamper runs a process and meddles with its system calls: the n-th write fails, the n-th fsync only pretends,
// at the n-th rename the process is killed. It is what "strace -e inject" does, except for what "n-th" means: strace
// counts for each thread, and a Go program's calls wander over its threads, so that no n meets them all. Here one count
// is kept for the whole process, and n from 1 on meets every call.
//
// The process is stopped before and after every call it makes (ptrace), which makes it some times slower. That takes
// Linux on amd64 and the permission to trace; [Probe] says if it can be done.
package tamper
