package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// requireText fails unless the file holds just that.
func requireText(t *testing.T, path, want string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s holds %q, want %q: %v", filepath.Base(path), got, want, err)
	}
}

func symlink(t *testing.T, to, link string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("symbolic links need a privilege")
	}
	must(t, os.Symlink(to, link))
}

// damaged writes a journal from whose middle a record is gone.
func damaged(t *testing.T, path string) {
	t.Helper()
	b, offsets := image([]Record{begun(1, "a"), outcome(1, Done), outcome(2, Done)})
	must(t, os.WriteFile(path, append(b[:offsets[1]:offsets[1]], b[offsets[2]:]...), 0o600))
}

func TestLockOfSomebodyElseIsWrittenOrRemoved(t *testing.T) {
	for _, text := range []string{
		"x", "\x00", "# lock file of another tool\n", fmt.Sprintf("%d\n", os.Getpid()), "12345678901\n",
		"\x001234567890", "\x00123456789 x", "\x0012345678 9\n", "\x00-12345678 \n", "\x00+12345678 \n", "\x00          \n",
		"\x001234567890\n\n", strings.Repeat("\x00", lockSize-1), strings.Repeat("\x00", lockSize+1),
	} {
		path := filepath.Join(t.TempDir(), "j")
		must(t, os.WriteFile(path+".lock", []byte(text), 0o600))
		_, _, err := Open(path, testJob, Options{})
		if !errors.Is(err, ErrFormat) || err.Error() != path+".lock is not a lock of a journal" {
			t.Errorf("%q: %v", text, err)
		}
		if err := Discard(path); !errors.Is(err, ErrFormat) {
			t.Errorf("%q: discard: %v", text, err)
		}
		requireText(t, path+".lock", text)
		requireFiles(t, filepath.Dir(path), "j.lock")
	}
}

func TestLockThatACrashLeftIsTakenForSomebodyElses(t *testing.T) {
	for _, text := range []string{"", "\x001         \n", "\x004294967295\n", strings.Repeat("\x00", lockSize)} {
		path := filepath.Join(t.TempDir(), "j")
		must(t, os.WriteFile(path+".lock", []byte(text), 0o600))
		j, _ := open(t, path, Options{})
		must(t, j.Close())
		requireFiles(t, filepath.Dir(path), "j")
	}
}

func TestLockIsFollowedOutOfItsName(t *testing.T) {
	for _, name := range []string{"empty", "missing", "folder"} {
		dir := t.TempDir()
		must(t, os.WriteFile(filepath.Join(dir, "empty"), nil, 0o600))
		must(t, os.Mkdir(filepath.Join(dir, "folder"), 0o700))
		symlink(t, filepath.Join(dir, name), filepath.Join(dir, "j.lock"))
		if _, _, err := Open(filepath.Join(dir, "j"), testJob, Options{}); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
		requireFiles(t, dir, "empty", "folder", "j.lock")
		requireText(t, filepath.Join(dir, "empty"), "")
	}
}

func TestFileCalledTmpIsTakenForALeftover(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	must(t, os.WriteFile(path+".tmp", []byte("mine"), 0o600))
	j, _ := open(t, path, Options{})
	must(t, j.Close())
	requireText(t, path+".tmp", "mine")
}

func TestLinkInTheNameOfASideFileIsWrittenThrough(t *testing.T) {
	for _, suffix := range []string{".ingest-tmp", ".corrupt"} {
		dir := t.TempDir()
		path, target := filepath.Join(dir, "j"), filepath.Join(dir, "target")
		must(t, os.WriteFile(target, []byte("mine"), 0o600))
		symlink(t, target, path+suffix)
		damaged(t, path)
		before, _ := os.ReadFile(path)
		_, _, err := Open(path, testJob, Options{})
		if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), "j"+suffix+" is not a regular file") {
			t.Errorf("%s: %v", suffix, err)
		}
		requireText(t, target, "mine")
		requireText(t, path, string(before))
		requireFiles(t, dir, "j", "j"+suffix, "target")
	}
}

func TestFolderInTheNameOfASideFileIsRemoved(t *testing.T) {
	for _, suffix := range []string{".ingest-tmp", ".corrupt"} {
		dir := t.TempDir()
		path := filepath.Join(dir, "j")
		must(t, os.Mkdir(path+suffix, 0o700))
		damaged(t, path)
		if _, _, err := Open(path, testJob, Options{}); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", suffix, err)
		}
		requireFiles(t, dir, "j", "j"+suffix)
	}
}

// A hard link to the older copy is another's name for it by now.
func TestOlderCopyIsWrittenInto(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	must(t, os.WriteFile(path+".corrupt", []byte("older"), 0o600))
	must(t, os.Link(path+".corrupt", path+".kept"))
	damaged(t, path)
	before, _ := os.ReadFile(path)
	j, _ := open(t, path, Options{})
	must(t, j.Close())
	requireText(t, path+".corrupt", string(before))
	requireText(t, path+".kept", "older")
}

func TestDiscardDeletesWhatIsNoJournal(t *testing.T) {
	for _, text := range []string{"precious", "\x89", magic[:len(magic)-1], "\x89PNG\r\n\x1a\n and more"} {
		path := filepath.Join(t.TempDir(), "j")
		must(t, os.WriteFile(path, []byte(text), 0o600))
		if err := Discard(path); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), path) {
			t.Errorf("%q: %v", text, err)
		}
		requireText(t, path, text)
		requireFiles(t, filepath.Dir(path), "j")
	}
	folder := t.TempDir()
	if err := Discard(folder); !errors.Is(err, ErrFormat) {
		t.Error(err)
	}
	requireFiles(t, folder)
}

func TestDiscardKeepsWhatIsOurs(t *testing.T) {
	for _, text := range []string{"", magic, magic + " and damage"} {
		path := filepath.Join(t.TempDir(), "j")
		must(t, os.WriteFile(path, []byte(text), 0o600))
		must(t, Discard(path))
		must(t, Discard(path))
		requireFiles(t, filepath.Dir(path))
	}
}

func TestLinkThatLeadsNowhereIsReplaced(t *testing.T) {
	for _, to := range []string{"missing", "j"} {
		path := filepath.Join(t.TempDir(), "j")
		symlink(t, to, path)
		_, _, opened := Open(path, testJob, Options{})
		_, peeked := Peek(path, testJob)
		for _, err := range []error{opened, peeked, Discard(path)} {
			if err == nil || !strings.Contains(err.Error(), path) {
				t.Errorf("to %s: %v", to, err)
			}
		}
		requireFiles(t, filepath.Dir(path), "j")
	}
}

func TestBeginningAnewBehindALinkFindsTheLinkBroken(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(dir, "link")
	j, _ := open(t, filepath.Join(dir, "j"), Options{})
	must(t, j.Close())
	symlink(t, "j", link)
	for _, begin := range []func(*Journal) error{
		(*Journal).Remove,
		func(j *Journal) error { return errors.Join(j.Close(), Discard(link)) },
	} {
		j, _ := open(t, link, Options{})
		must(t, j.Append(outcome(1, Done)))
		must(t, begin(j))
		j, state := open(t, link, Options{})
		if !state.New || !state.Done.IsEmpty() {
			t.Errorf("%+v", state)
		}
		must(t, j.Close())
		requireFiles(t, dir, "j", "link")
	}
}

// planter is a disk on which somebody puts a link in the place of whatever is removed.
type planter struct {
	disk
	target string
}

func (p planter) Remove(path string) error {
	err := p.disk.Remove(path)
	if strings.HasSuffix(path, copySuffix) {
		return os.Symlink(p.target, path)
	}
	return err
}

func TestLinkThatComesAfterTheLookIsWrittenThrough(t *testing.T) {
	dir := t.TempDir()
	path, target := filepath.Join(dir, "j"), filepath.Join(dir, "target")
	must(t, os.WriteFile(target, []byte("mine"), 0o600))
	symlink(t, target, filepath.Join(dir, "any")) // skips where there are none
	damaged(t, path)
	if _, _, err := Open(path, testJob, Options{files: planter{target: target}}); !errors.Is(err, os.ErrExist) {
		t.Error(err)
	}
	requireText(t, target, "mine")
}
