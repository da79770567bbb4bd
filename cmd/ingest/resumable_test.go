package main

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// The resumable upload of the OSS SDKs, by the program: a file of seven parts, of which the last is short, is
// interrupted, and sent again after something has happened. What their clients make of it is in docs/oss.md.
type resumable struct {
	*testing.T
	file string

	mu     sync.Mutex
	refuse map[int]bool // parts that the store refuses, once the others are there
	others chan struct{}
	lists  int // of parts, to answer with an error
	sent   []int
	asked  []string // method and query of each request for the object
}

const (
	resumablePart  = 100 << 10
	resumableParts = 7
)

func newResumable(t *testing.T) *resumable {
	r := &resumable{T: t, file: filepath.Join(t.TempDir(), "f.bin")}
	r.write(make([]byte, (resumableParts-1)*resumablePart+5))
	startStore(t, r.before)
	return r
}

func (r *resumable) write(data []byte) {
	r.Helper()
	for i := range data {
		data[i] ^= byte(i*7 + i>>8*13)
	}
	if err := os.WriteFile(r.file, data, 0o600); err != nil {
		r.Fatal(err)
	}
}

// before takes note of a request, and answers it if it is to fail.
func (r *resumable) before(w http.ResponseWriter, q *http.Request) bool {
	if !strings.HasSuffix(q.URL.Path, "/f.bin") {
		return false
	}
	query := q.URL.Query()
	number, _ := strconv.Atoi(query.Get("partNumber"))
	r.mu.Lock()
	r.asked = append(r.asked, q.Method+" "+q.URL.RawQuery)
	refused, others := r.refuse[number], r.others
	unlisted := q.Method == http.MethodGet && query.Has("uploadId") && r.lists > 0
	if unlisted {
		r.lists--
	}
	r.mu.Unlock()
	switch {
	case unlisted:
		w.WriteHeader(http.StatusInternalServerError)
		return true
	case refused:
		select {
		case <-others:
		case <-q.Context().Done():
		}
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte("<Error><Code>AccessDenied</Code><Message>no</Message><RequestId>5</RequestId></Error>"))
		return true
	case number > 0:
		r.took(number)
	}
	return false
}

// took takes note of a part that is about to be stored; when all but the refused ones came, those are refused.
func (r *resumable) took(number int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sent = append(r.sent, number)
	if len(r.refuse) > 0 && len(r.sent) == resumableParts-len(r.refuse) {
		close(r.others)
	}
}

func (r *resumable) put(flags ...string) (code int, stdout, stderr string) {
	r.Helper()
	return ingest(r.T, append([]string{"put", r.file, "oss://demo/", "--part-size", "100KiB", "--parallel", "8"}, flags...)...)
}

// interrupted is a put that all parts but these have come of.
func (r *resumable) interrupted(flags []string, missing ...int) {
	r.Helper()
	r.refuse, r.others = map[int]bool{}, make(chan struct{})
	for _, n := range missing {
		r.refuse[n] = true
	}
	if code, _, stderr := r.put(flags...); code != exitFailed || !strings.Contains(stderr, "AccessDenied") {
		r.Fatalf("exit %d: %s", code, stderr)
	}
	r.forget()
}

func (r *resumable) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refuse, r.sent, r.asked = nil, nil, nil
}

// finished runs the same put again and wants it to end well, having sent these parts, with nothing left behind: no
// upload in the store and no journal beside the file.
func (r *resumable) finished(flags []string, want ...int) {
	r.Helper()
	code, _, stderr := r.put(flags...)
	slices.Sort(r.sent)
	if code != exitDone || !slices.Equal(r.sent, want) {
		r.Errorf("exit %d, the parts %v were sent, want %v: %s", code, r.sent, want, stderr)
	}
	r.whole()
	if _, out, _ := ingest(r.T, "uploads", "list", "oss://demo/", "--json"); out != "" {
		r.Errorf("left open: %s", out)
	}
	r.files("f.bin")
}

// files are what lies in the folder of the file.
func (r *resumable) files(want ...string) {
	r.Helper()
	found, err := os.ReadDir(filepath.Dir(r.file))
	var names []string
	for _, f := range found {
		names = append(names, f.Name())
	}
	if err != nil || !slices.Equal(names, want) {
		r.Errorf("there are %v, want %v, %v", names, want, err)
	}
}

func (r *resumable) whole() {
	r.Helper()
	rows := filepath.Join(r.TempDir(), "rows.txt")
	if err := os.WriteFile(rows, []byte("f.bin\n"), 0o600); err != nil {
		r.Fatal(err)
	}
	if code, out, stderr := ingest(r.T, "verify", rows, "--root", filepath.Dir(r.file), "--to", "oss://demo/"); code != exitDone {
		r.Errorf("the object is not the file: %s%s", out, stderr)
	}
}

// journal is the path of the one journal beside the file.
func (r *resumable) journal() string {
	r.Helper()
	found, err := filepath.Glob(r.file + ".*.journal")
	if err != nil || len(found) != 1 {
		r.Fatalf("journals: %v, %v", found, err)
	}
	return found[0]
}

// requests counts those that begin so.
func (r *resumable) requests(prefix string) (n int) {
	for _, a := range r.asked {
		if strings.HasPrefix(a, prefix) {
			n++
		}
	}
	return n
}

func TestMissingPartsAloneAreSentWhereverTheyLie(t *testing.T) {
	for name, missing := range map[string][]int{"the first": {1}, "in the middle": {3, 5}, "the last": {7}} {
		t.Run(name, func(t *testing.T) {
			r := newResumable(t)
			r.interrupted(nil, missing...)
			r.finished(nil, missing...)
		})
	}
}

func TestListOfPartsThatFailsLeavesTheUpload(t *testing.T) {
	for name, failures := range map[string]int{"once": 1, "for a whole run": 1000} {
		t.Run(name, func(t *testing.T) {
			r := newResumable(t)
			r.interrupted(nil, 3)
			r.lists = failures
			if failures > 1 {
				if code, _, stderr := r.put("--retries", "1"); code != exitFailed {
					t.Fatalf("exit %d: %s", code, stderr)
				}
				r.lists = 0
			}
			r.finished(nil, 3)
			if n := r.requests("POST uploads") + r.requests("POST encoding-type=url&uploads"); n != 0 {
				t.Errorf("%d uploads were begun: %v", n, r.asked)
			}
		})
	}
}

// Same size, same modification time, other bytes.
func TestRewrittenFileWithItsTimePutBackIsNotMixed(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no ctime shows it")
	}
	r := newResumable(t)
	r.interrupted(nil, 3)
	info, err := os.Stat(r.file)
	if err != nil {
		t.Fatal(err)
	}
	data := make([]byte, info.Size())
	data[5*resumablePart] = 1
	r.write(data)
	if err := os.Chtimes(r.file, time.Time{}, info.ModTime()); err != nil {
		t.Fatal(err)
	}
	r.finished(nil, 3, 6)
}

func TestUploadThatTheStoreDroppedIsBegunAnewAtOnce(t *testing.T) {
	r := newResumable(t)
	r.interrupted(nil, 3)
	if code, _, stderr := ingest(t, "uploads", "abort", "oss://demo/", "--all"); code != exitDone {
		t.Fatal(stderr)
	}
	r.forget()
	r.finished(nil, 1, 2, 3, 4, 5, 6, 7)
}

// Of one file, what damage may have hidden is all of its parts.
func TestDamagedCheckpointCostsPartsAndLeavesNothingOpen(t *testing.T) {
	r := newResumable(t)
	r.interrupted(nil, 3)
	path := r.journal()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, stderr := r.put()
	if code != exitDone || !strings.Contains(stderr, "damaged") || len(r.sent) != resumableParts {
		t.Errorf("exit %d, parts %v: %s", code, r.sent, stderr)
	}
	r.whole()
	if _, out, _ := ingest(t, "uploads", "list", "oss://demo/", "--json"); out != "" {
		t.Errorf("left open: %s", out)
	}
}

func TestCheckpointOfAnotherPartSizeKeepsItsParts(t *testing.T) {
	r := newResumable(t)
	r.interrupted(nil, 3)
	r.finished([]string{"--part-size", "200KiB"}, 3)
}

func TestCallbackIsNoReasonToStartOver(t *testing.T) {
	call := filepath.Join(t.TempDir(), "call.json")
	if err := os.WriteFile(call, []byte(`{"callbackUrl":"http://127.0.0.1:1/","callbackBody":"x"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	flags := []string{"--callback-file", call, "--allow-callback-failed"}
	r := newResumable(t)
	r.interrupted(flags, 3)
	r.finished(flags, 3)
}

func TestCheckpointLiesWhereItIsToldOrNowhere(t *testing.T) {
	t.Run("a file", func(t *testing.T) {
		r := newResumable(t)
		path := filepath.Join(t.TempDir(), "folder")
		r.interrupted([]string{"--journal", path}, 3)
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
		r.files("f.bin")
		r.finished([]string{"--journal", path}, 3)
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the checkpoint of an object that is proven: %v", err)
		}
	})
	t.Run("none", func(t *testing.T) {
		r := newResumable(t)
		none := []string{"--journal", "none"}
		r.interrupted(none, 3)
		r.files("f.bin")
		r.finished(append(none, "--adopt-uploads"), 3)
	})
}

func TestFileOfOnePartIsOneRequest(t *testing.T) {
	for _, size := range []int{0, resumablePart} {
		r := newResumable(t)
		r.write(make([]byte, size))
		if code, _, stderr := r.put(); code != exitDone || len(r.asked) != 1 || r.requests("PUT ") != 1 {
			t.Errorf("%d bytes: exit %d, %v: %s", size, code, r.asked, stderr)
		}
		r.whole()
	}
}
