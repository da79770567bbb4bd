//go:build linux

package torture

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/ingest-dev/ingest/test/internal/lab"
)

// small is a job whose journal and report do not fit into a page or two.
func small(o lab.Options) lab.Options {
	o.Sizes = append(lab.Corners(100<<10), make([]int, 300)...)
	for i := range 300 {
		o.Sizes[len(o.Sizes)-1-i] = i
	}
	return o
}

// twice mounts a file system on $PLACE, has the program run, mounts it anew with room, and has it run again, the same
// command line. What is there in the end is kept. What came of the first run is left in files.
const twice = `
umask 077
mount -t tmpfs -o "$FULL" tmpfs "$PLACE" || exit 99
"$@" <"$INPUT" >first.out 2>first.err
echo $? >first.code
mount -o remount,rw,size=64m,nr_inodes=10k "$PLACE" || exit 99
"$@" <"$INPUT"
code=$?
cp -a "$PLACE/." "$KEEP" || exit 99
exit $code`

// Something that the program writes to is on a disk that is full, really. It has to say so, with the right code; when
// there is room again, the same command line goes on from there.
func TestFullDiskIsSurvived(t *testing.T) {
	mountable(t)
	for _, c := range []struct {
		what  string
		kind  lab.Kind
		full  string // options of the file system
		codes []int
		place func(*lab.Trial) string
	}{
		{"journal", lab.OSS, "size=16k", []int{4}, func(trial *lab.Trial) string {
			dir := folder(t, trial, "journal")
			trial.Journal = filepath.Join(dir, "j")
			return dir
		}},
		{"no room for a journal at all", lab.OSS, "size=4k,nr_inodes=1", []int{4}, func(trial *lab.Trial) string {
			dir := folder(t, trial, "journal")
			trial.Journal = filepath.Join(dir, "j")
			return dir
		}},
		{"report", lab.OSS, "size=16k", []int{3}, func(trial *lab.Trial) string {
			dir := folder(t, trial, "report")
			trial.Report = filepath.Join(dir, "r")
			return dir
		}},
		{"temporary files", lab.OSS, "size=4k,nr_inodes=1", []int{3}, func(trial *lab.Trial) string { return trial.Temp }},
		{"manifest from a pipe", lab.OSS, "size=4k,nr_inodes=1", []int{2}, func(trial *lab.Trial) string {
			trial.Manifest = "-"
			return trial.Temp
		}},
		{"destination", lab.File, "size=512k", []int{1, 6}, func(trial *lab.Trial) string {
			if err := os.Mkdir(trial.Destination(), 0o700); err != nil {
				t.Fatal(err)
			}
			return trial.Destination()
		}},
	} {
		t.Run(c.what, func(t *testing.T) {
			trial := lab.New(t, small(lab.Options{Kind: c.kind})).Trial()
			input := trial.Manifest
			full(t, trial, c.place(trial), c.full, input, c.codes)
		})
	}
}

// full runs a trial twice, the first time with a file system on place that is full.
func full(t *testing.T, trial *lab.Trial, place, options, input string, codes []int) {
	t.Helper()
	keep := t.TempDir()
	r := trial.Run(lab.Command{
		Quiet: true, Flags: []string{"--format", "list"}, Wrap: []string{"unshare", "-Urm", "sh", "-c", twice, "sh"},
		Env: []string{"PLACE=" + place, "FULL=" + options, "INPUT=" + input, "KEEP=" + keep},
	})
	code, said := contents(t, trial, "first.code"), contents(t, trial, "first.err")
	if got, err := strconv.Atoi(strings.TrimSpace(code)); err != nil || !slices.Contains(codes, got) {
		t.Errorf("on a full disk: exit %s, want %v: %s", code, codes, said)
	}
	if !strings.Contains(said, syscall.ENOSPC.Error()) || strings.Contains(said, "goroutine ") {
		t.Errorf("it does not say that the disk is full: %s", said)
	}
	if err := os.CopyFS(place, os.DirFS(keep)); err != nil {
		t.Fatal(err)
	}
	trial.Arrived(r)
	t.Logf("exit %s: %s", strings.TrimSpace(code), firstLine(said))
}

// mountable skips a test where nothing can be mounted, not even in a namespace of one's own.
func mountable(t *testing.T) {
	t.Helper()
	out, err := exec.Command("unshare", "-Urm", "sh", "-c", `mount -t tmpfs -o size=4k tmpfs "$1"`, "sh", t.TempDir()).CombinedOutput()
	if err != nil {
		t.Skipf("SKIPPED, NOTHING WAS TESTED: no namespace to mount in: %v: %s; in its stead there are "+
			"journal.TestEveryOperationFailingIsSurvived and TestEveryCallFailingLosesNothing here", err, out)
	}
}

// folder makes a folder of a trial.
func folder(t *testing.T, trial *lab.Trial, name string) string {
	t.Helper()
	dir := filepath.Join(trial.Dir, name)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

func contents(t *testing.T, trial *lab.Trial, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(trial.Dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}
