// Command ingest moves the files that a manifest names into an object store, and can be run again until it is done.
//
// This package is the only one that knows the user: flags, variables and configuration, signals, logs, progress,
// exit codes. Each command is a struct of its flags with a run method; what they share is a file of its own.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
)

func main() {
	os.Exit(execute(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// execute runs one command line and returns the exit code.
func execute(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err != nil {
		fmt.Fprintln(stderr, "ingest: "+complaint(err))
	}
	return exitCode(err)
}
