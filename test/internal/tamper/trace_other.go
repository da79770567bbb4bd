//go:build !linux || !amd64

package tamper

import "context"

// Probe returns nil if processes can be traced here, or why not.
func Probe(context.Context) error { return ErrUnsupported }

// Run runs a process to its end, or kills it at that of ctx. The error is nil if it ran, however it ended.
func Run(context.Context, Command) (Outcome, error) { return Outcome{}, ErrUnsupported }
