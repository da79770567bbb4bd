package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/journal"
	"github.com/rogpeppe/go-internal/testscript"
)

// The scripts run the real program: this test binary, when it is called ingest.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"ingest": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup:               settings,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code":  exitsWith,
			"begin": beginUpload,
			"key":   makeKey,
			"make":  makeFile,
			"serve": startServer,
			"hold":  holdJournal,
			"mode":  hasMode,
			"lines": hasLines,
			"hear":  startListener,
		},
	})
}

// settings keep the user's own out, and give every script keys that must never be seen in what is printed.
func settings(e *testscript.Env) error {
	e.Setenv("HOME", e.WorkDir)
	e.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	e.Setenv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")
	e.Setenv("INGEST_PROGRESS", "none")
	e.Setenv("OSS_ACCESS_KEY_ID", keyID)
	e.Setenv("OSS_ACCESS_KEY_SECRET", canary)
	e.Setenv("AWS_ACCESS_KEY_ID", keyID)
	e.Setenv("AWS_SECRET_ACCESS_KEY", canary)
	e.Setenv("AWS_REGION", "us-east-1")
	e.Setenv("OSS_REGION", "cn-hangzhou")
	e.Setenv("INGEST_SERVE_ACCESS_KEY_ID", keyID)
	e.Setenv("INGEST_SERVE_ACCESS_KEY_SECRET", canary)
	return nil
}

const (
	keyID  = "testkeyid"
	canary = "canary-secret-never-to-be-seen"
)

// exitsWith: code N COMMAND... runs the program and wants that exit code, and no secret in what it prints.
func exitsWith(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N command...")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	if err != nil {
		got = exitOf(err)
	}
	for _, out := range []string{ts.ReadFile("stdout"), ts.ReadFile("stderr")} {
		if strings.Contains(out, canary) {
			ts.Fatalf("the secret is in what was printed")
		}
	}
	if want, _ := strconv.Atoi(args[0]); got != want {
		ts.Fatalf("exit %d, want %d", got, want)
	}
}

func exitOf(err error) int {
	type exitCoder interface{ ExitCode() int }
	if e, ok := err.(exitCoder); ok {
		return e.ExitCode()
	}
	return -1
}

// makeFile: make FILE BYTES writes a file whose bytes differ from one to the next.
func makeFile(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(i*7 + i>>8*13 + len(args[0]))
	}
	path := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(filepath.Dir(path), 0o700))
	ts.Check(os.WriteFile(path, data, 0o600))
}

// makeKey: key FILE TEXT writes a text without a line break behind it, as keys are.
func makeKey(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(args[1]), 0o600))
}

// startServer: serve DIR [FLAG...] starts the embedded store and takes its settings over.
func startServer(ts *testscript.TestScript, _ bool, args []string) {
	s, err := newServed(ts.MkAbs(args[0]), args[1:]...)
	ts.Check(err)
	ts.Defer(s.stop)
	for name, value := range s.settings {
		ts.Setenv(name, value)
	}
}

// holdJournal: hold FILE keeps a journal locked until the script ends.
func holdJournal(ts *testscript.TestScript, _ bool, args []string) {
	j, _, err := journal.Open(ts.MkAbs(args[0]), journal.Job{Rows: 1}, journal.Options{})
	ts.Check(err)
	ts.Defer(func() { j.Close() })
}

// hasMode: mode 0600 FILE... wants these permissions.
func hasMode(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args[1:] {
		info, err := os.Stat(ts.MkAbs(name))
		ts.Check(err)
		if got := fmt.Sprintf("%04o", info.Mode().Perm()); got != args[0] {
			ts.Fatalf("%s: mode %s, want %s", name, got, args[0])
		}
	}
}

// hasLines: lines N FILE wants a file of so many lines.
func hasLines(ts *testscript.TestScript, _ bool, args []string) {
	if got := strings.Count(ts.ReadFile(args[1]), "\n"); strconv.Itoa(got) != args[0] {
		ts.Fatalf("%s has %d lines, want %s", args[1], got, args[0])
	}
}

// patience is how long a process may take to do what it will do at all.
const patience = 30 * time.Second

func patient(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 10*patience)
	t.Cleanup(cancel)
	return ctx
}
