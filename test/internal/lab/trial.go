package lab

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Trial is one job of all the lab's sources, with a place of its own in the store. Its files may be changed between
// its runs.
type Trial struct {
	*Lab
	Dir      string // where its files are, and nothing else
	Manifest string
	Journal  string
	Report   string
	Temp     string // its folder for temporary files
	Prefix   string // of its keys
	Runs     []*Result
}

// Trial makes a new trial.
func (l *Lab) Trial() *Trial {
	l.Helper()
	n := l.trials.Add(1)
	dir := filepath.Join(l.desk, fmt.Sprint("trial", n))
	t := &Trial{
		Lab: l, Dir: dir, Manifest: filepath.Join(dir, "rows.txt"), Journal: filepath.Join(dir, "rows.txt.journal"),
		Report: filepath.Join(dir, "report.jsonl"), Temp: filepath.Join(dir, "tmp"), Prefix: fmt.Sprintf("t%05d/", n),
	}
	if err := os.MkdirAll(t.Temp, 0o700); err != nil {
		l.Fatal(err)
	}
	var rows strings.Builder
	for _, s := range l.Sources {
		fmt.Fprintln(&rows, s.Name)
	}
	if err := os.WriteFile(t.Manifest, []byte(rows.String()), 0o600); err != nil {
		l.Fatal(err)
	}
	return t
}

// URL is where the trial's objects go.
func (t *Trial) URL() string {
	if t.Kind == File {
		return "file://" + filepath.ToSlash(t.Destination())
	}
	return string(t.Kind) + "://" + bucket + "/" + t.Prefix
}

// Destination is the folder that takes the trial's objects, in a lab of kind File.
func (t *Trial) Destination() string { return filepath.Join(t.direct, t.Prefix) }

// arguments are those of the program. What flags state again counts.
func (t *Trial) arguments(c Command, level string) []string {
	if c.Args != nil {
		return slices.Concat([]string{"ingest"}, c.Args)
	}
	return slices.Concat([]string{
		"ingest", "run", t.Manifest, "--root", t.Folder, "--to", t.URL(), "--journal", t.Journal, "--report", t.Report, "--json",
		"--part-size", strconv.Itoa(t.PartSize), "--parallel", strconv.Itoa(t.Parallel), "--progress", "none", "--log-level", level,
	}, c.Flags)
}

// Object is what the store holds of a source.
func (t *Trial) Object(s Source) ([]byte, error) { return t.objects.get(t.Context(), t.Prefix+s.Name) }

// Forget removes the trial's objects and files, where there are to be many trials.
func (t *Trial) Forget() {
	t.Helper()
	if err := t.objects.remove(t.Context(), t.keysOf(t.Sources)); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(t.Dir); err != nil {
		t.Fatal(err)
	}
}

func (t *Trial) keysOf(sources []Source) []string {
	var keys []string
	for _, s := range sources {
		keys = append(keys, t.Prefix+s.Name)
	}
	return keys
}
