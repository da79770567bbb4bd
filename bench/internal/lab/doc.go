// Package lab is what the programs that measure ingest from outside share: building it, a null store to send to,
// what a child process cost, and figures that noise moves little.
//
// Machines are noisy, and the same program may cost half as much again an hour later. Hence: a ratio is of two runs
// one right after the other, and what is quoted of several is the median.
package lab
