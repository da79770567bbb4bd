// Command ingest moves the files that a manifest names into an object store, and can be run again until it is done.
//
// This package is the only one that knows the user: flags, variables and configuration, signals, logs, progress,
// exit codes. Each command is a struct of its flags with a run method; what they share is a file of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

func main() {
	relaxCollector(os.Getenv)
	os.Exit(execute(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// execute runs one command line and returns the exit code. Signals are heard until its last word is written.
func execute(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, signals := listen(ctx, stderr)
	defer signals.close()
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := stoppedBy(ctx, root.ExecuteContext(ctx))
	if err != nil {
		fmt.Fprintln(stderr, "ingest: "+complaint(err))
	}
	return exitCode(err)
}

// stoppedBy names the signal that ended a command, where the command says no more than that its context ended.
func stoppedBy(ctx context.Context, err error) error {
	_, told := errors.AsType[*exit](err)
	if ctx.Err() == nil || told || !errors.Is(err, context.Canceled) {
		return err
	}
	return &exit{exitStopped, fmt.Errorf("stopped before the end: %w", context.Cause(ctx))}
}
