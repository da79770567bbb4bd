package credentials

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/sender"
)

// beProcess is what this binary does as a credential process.
func beProcess(act string) int {
	switch act {
	case "flood":
		for range 1 << 16 {
			fmt.Println(strings.Repeat("canary", 100))
		}
	case "hang":
		time.Sleep(time.Minute)
	case "fail":
		fmt.Fprintln(os.Stderr, secret)
		return 3
	case "leave": // a child behind that holds the output
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), "CREDENTIALS_TEST_PROCESS=hang")
		child.Stdout = os.Stdout
		if child.Start() != nil {
			return 1
		}
		fmt.Printf(`{"AccessKeyId":"left","AccessKeySecret":"s","SecurityToken":"%d"}`, child.Process.Pid)
	default:
		fmt.Print(act)
	}
	return 0
}

// acting is a world whose credentials come from this binary, as it acts.
func acting(t *testing.T, act string) *world {
	t.Setenv("CREDENTIALS_TEST_PROCESS", act)
	return newWorld(t, map[string]string{envProcess: "'" + os.Args[0] + "' --key canary"})
}

func TestProcessIsUnderstoodInBothDialects(t *testing.T) {
	until := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	stamp := until.Format(time.RFC3339)
	for _, out := range []string{
		`{"mode":"StsToken","access_key_id":"id","access_key_secret":"canary","sts_token":"canary","expiration":"` + stamp + `"}`,
		`{"AccessKeyId":"id","AccessKeySecret":"canary","SecurityToken":"canary","Expiration":"` + stamp + `"}`,
	} {
		c, i := acting(t, out).get()
		if c.AccessKeyID != "id" || c.AccessKeySecret != "canary" || c.SecurityToken != "canary" {
			t.Errorf("%s: got %s", out, c)
		}
		if !i.Expires.Equal(until) || i.Source != "process" || !i.Renews || !strings.Contains(i.From, os.Args[0]) {
			t.Errorf("got %+v", i)
		}
	}
	for _, out := range []string{`{"mode":"AK","access_key_id":"id","access_key_secret":"s"}`, `{"AccessKeyId":"id","AccessKeySecret":"s"}`} {
		if c, i := acting(t, out).get(); c.AccessKeyID != "id" || i.Temporary {
			t.Errorf("%s: got %s, %+v", out, c, i)
		}
	}
}

func TestProcessThatFailsIsNotRepeated(t *testing.T) {
	for act, c := range map[string]struct {
		kind sender.Kind
		want string
	}{
		"fail":                  {sender.TryAgain, "exit status 3"},
		"flood":                 {sender.StopRun, "more than 64 KiB"},
		"no JSON canary":        {sender.StopRun, "not JSON"},
		"{}":                    {sender.StopRun, "is empty"},
		`{"mode":"EcsRamRole"}`: {sender.StopRun, "neither AK nor StsToken"},
		`{"mode":"StsToken","access_key_id":"a","access_key_secret":"canary"}`:                                   {sender.StopRun, "no sts_token"},
		`{"AccessKeyId":"a","AccessKeySecret":"canary","Expiration":"canary"}`:                                   {sender.StopRun, "not a time"},
		`{"AccessKeyId":"a","AccessKeySecret":"canary","SecurityToken":"t","Expiration":"2020-01-01T00:00:00Z"}`: {sender.StopRun, "they expired at 2020-01-01T00:00:00Z"},
	} {
		err := acting(t, act).fails()
		wants(t, err, c.kind, c.want, os.Args[0])
		if errors.Is(err, sender.ErrUnreachable) != (c.kind == sender.TryAgain) {
			t.Errorf("got %v", err)
		}
	}
	w := newWorld(t, map[string]string{envProcess: "no-such-program canary"})
	wants(t, w.fails(), sender.StopRun, "no-such-program", "not found")
}

func TestProcessThatHangsIsKilled(t *testing.T) {
	w := acting(t, "hang")
	s, err := (&chain{Options: w.o}).command(w.env[envProcess], 100*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	_, err = s.fetch(t.Context())
	wants(t, err, sender.TryAgain, "did not end within 100ms")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := s.fetch(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestChildThatAProcessLeavesBehindIsNotWaitedFor(t *testing.T) {
	began := time.Now()
	c, _ := acting(t, "leave").get()
	if took := time.Since(began); c.AccessKeyID != "left" || took > 10*time.Second {
		t.Errorf("got %s after %v", c, took)
	}
	var pid int
	if _, err := fmt.Sscan(c.SecurityToken, &pid); err == nil {
		if child, err := os.FindProcess(pid); err == nil {
			_ = child.Kill()
		}
	}
}

func TestCommandLinesAreSplitAsAShellWould(t *testing.T) {
	for _, c := range []struct {
		line    string
		windows bool
		want    []string
	}{
		{`tool a  b`, false, []string{"tool", "a", "b"}},
		{` "my tool" '' "a\"b\c" d\ e `, false, []string{"my tool", "", `a"b\c`, "d e"}},
		{`tool 'a|b $c' --x="y z"`, false, []string{"tool", "a|b $c", "--x=y z"}},
		{`C:\bin\tool.exe "C:\Program Files\x" 'a b'`, true, []string{`C:\bin\tool.exe`, `C:\Program Files\x`, "a b"}},
		{`tool "a\"b" $x (y)`, true, []string{"tool", `a"b`, "$x", "(y)"}},
	} {
		if got, err := split(c.line, c.windows); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, %v", c.line, got, err)
		}
	}
}

func TestCommandThatWantsAShellIsRefused(t *testing.T) {
	for _, line := range []string{
		"a | b", "a; b", "a && b", "a > b", "a $HOME", `a "$HOME"`, "a `b`", "a $(b)", "a\nb", `a \`, `a "b`, "", "  ", `""`,
	} {
		if got, err := split(line, false); err == nil {
			t.Errorf("%q: got %q", line, got)
		}
	}
	if got, err := split("a | b", true); err == nil {
		t.Errorf("got %q", got)
	}
}

func TestProgramThatOthersCanChangeIsWarnedOf(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("it has other permissions")
	}
	w := newWorld(t, nil)
	path := w.file("tool", "#!/bin/sh\n")
	for mode, want := range map[os.FileMode]int{0o755: 0, 0o777: 1, 0o775: 1} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		w.env[envProcess] = path
		if got := w.find().Warnings(); len(got) != want {
			t.Errorf("%o: got %v", mode, got)
		}
	}
}
