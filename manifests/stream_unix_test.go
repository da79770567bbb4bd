//go:build unix

package manifests_test

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/ingest-dev/ingest/manifests"
)

func TestAPipeIsReadTwice(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "m.txt.gz")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	var writer sync.WaitGroup
	writer.Go(func() {
		f, err := os.OpenFile(pipe, os.O_WRONLY, 0)
		if err == nil {
			_, err = io.WriteString(f, zipped("a\nb\n"))
			_ = f.Close()
		}
		if err != nil {
			t.Error(err)
		}
	})
	m, err := manifests.Open(pipe, manifests.Options{TempDir: t.TempDir()})
	writer.Wait()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = m.Close() }()
	if _, err := m.Check(t.Context(), manifests.Check{}); err != nil {
		t.Error(err)
	}
	wd, _ := os.Getwd()
	if got := keys(rowsOf(t, m), m.Root()); len(got) != 2 || m.Root() != wd {
		t.Errorf("got %q below %s", got, m.Root())
	}
}

func TestWalkListsWhatCannotBeSent(t *testing.T) {
	dir := tree(t, "a.bin", "d/b.bin", "locked/c.bin")
	must(t, syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o600))
	must(t, os.Symlink("a.bin", filepath.Join(dir, "link")))
	must(t, os.Symlink("d", filepath.Join(dir, "dlink")))
	must(t, os.Symlink("none", filepath.Join(dir, "dangling")))
	l, err := net.Listen("unix", filepath.Join(dir, "s"))
	must(t, err)
	defer func() { _ = l.Close() }()

	var got []string
	o := manifests.WalkOptions{Special: special(dir, &got)}
	if sources := walk(t, dir, o); !reflect.DeepEqual(sources, []string{"a.bin", "d/b.bin", "locked/c.bin"}) {
		t.Errorf("listed %q", sources)
	}
	want := []string{"dangling symlink", "dlink symlink", "fifo fifo", "link symlink", "s socket"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWalkFollowsLinksInACircle(t *testing.T) {
	dir := tree(t, "a/b/c.bin")
	must(t, os.Symlink("../..", filepath.Join(dir, "a/b/up")))
	must(t, os.Symlink("a/b/c.bin", filepath.Join(dir, "link")))
	must(t, os.Symlink("none", filepath.Join(dir, "dangling")))
	must(t, os.Symlink("a", filepath.Join(dir, "z")))

	var got []string
	var b strings.Builder
	s, err := manifests.Walk(t.Context(), dir, &b, manifests.WalkOptions{FollowSymlinks: true, Special: special(dir, &got)})
	if err == nil || !strings.Contains(err.Error(), "leads back") || !strings.Contains(err.Error(), "dangling") {
		t.Errorf("got %v", err)
	}
	want := []string{"a/b/up cycle", "dangling unreadable", "z/b/up cycle"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if sources := sourcesOf(t, b.String()); !reflect.DeepEqual(sources, []string{"a/b/c.bin", "link", "z/b/c.bin"}) || s.Rows != 3 {
		t.Errorf("listed %q", sources)
	}
}

func TestWalkHidesWhatItCannotRead(t *testing.T) {
	dir := tree(t, "a", "locked/b", "z")
	var got []string
	must(t, os.WriteFile(filepath.Join(dir, "n\xff"), nil, 0o600))
	must(t, os.Chmod(filepath.Join(dir, "locked"), 0))
	defer func() { _ = os.Chmod(filepath.Join(dir, "locked"), 0o700) }()

	var b strings.Builder
	_, err := manifests.Walk(t.Context(), dir, &b, manifests.WalkOptions{Special: special(dir, &got)})
	want := []string{"locked unreadable", "n\xff not UTF-8"}
	sources := []string{"a", "z"}
	if os.Getuid() == 0 { // whom nothing is locked to
		want, sources = want[1:], []string{"a", "locked/b", "z"}
	}
	if err == nil || !strings.Contains(err.Error(), `n\xff`) || !reflect.DeepEqual(got, want) {
		t.Errorf("got %q and %v", got, err)
	}
	if listed := sourcesOf(t, b.String()); !reflect.DeepEqual(listed, sources) {
		t.Errorf("listed %q", listed)
	}
}
