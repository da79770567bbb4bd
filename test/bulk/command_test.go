package bulk

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// patience is how long one run may take.
const patience = 15 * time.Minute

// said is what came out of a run, and what the run took.
type said struct {
	stdout, stderr []byte
	usage          usage
}

// command runs the program, at its most talkative. It has to exit 0.
func (m *move) command(flags ...string) said {
	m.Helper()
	ctx, cancel := context.WithTimeout(m.Context(), patience)
	defer cancel()
	args := append([]string{"run", m.manifest, "--to", m.url, "--journal", m.journal, "--report", m.report,
		"--json", "--log-level", "debug", "--progress", "plain"}, flags...)
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, m.program, args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = m.environment(), &stdout, &stderr
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		m.Fatal(err)
	}
	m.showsNoSecret(cmd.Process.Pid)
	if err := cmd.Wait(); err != nil {
		m.Fatalf("%v: %s\n%s", err, stdout.Bytes(), tail(stderr.Bytes()))
	}
	return said{stdout.Bytes(), stderr.Bytes(), usageOf(cmd.ProcessState, time.Since(begun))}
}

// environment holds the store's keys and keeps the user's own out.
func (m *move) environment() []string {
	home := m.TempDir()
	return append([]string{
		"PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir(), "HOME=" + home, "AWS_EC2_METADATA_DISABLED=true",
	}, m.env...)
}

// showsNoSecret looks at the process as everyone on the machine can.
func (m *move) showsNoSecret(pid int) {
	m.Helper()
	words, known := commandLine(pid)
	if !known {
		return
	}
	if !bytes.Contains(words, []byte(m.manifest)) {
		m.Errorf("that is not the program's command line: %q", words)
	}
	m.holdsNoSecret("command line", words)
}

// tail is the end of a text that may be long.
func tail(text []byte) []byte { return text[max(0, len(text)-4<<10):] }

// usage is what a process took of the machine.
type usage struct {
	wall, user, system time.Duration
	peak               int64 // bytes resident at most; 0 where that is not known
}

func usageOf(s *os.ProcessState, wall time.Duration) usage {
	return usage{wall, s.UserTime(), s.SystemTime(), peakResident(s)}
}

func (u usage) String() string {
	return fmt.Sprintf("%.2f s, CPU %.2f s user + %.2f s system, at most %d MiB resident",
		u.wall.Seconds(), u.user.Seconds(), u.system.Seconds(), u.peak>>20)
}
