package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/devstore"
	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/dir"
	"github.com/ingest-dev/ingest/sender/oss"
	"github.com/rogpeppe/go-internal/testscript"
)

// beginUpload: begin URL BYTES opens an upload under a URL's key, with one part, and leaves it.
func beginUpload(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	scheme, rest, _ := strings.Cut(args[0], "://")
	if scheme == "file" {
		s, err := dir.New(filepath.Dir(rest))
		ts.Check(err)
		defer s.Close()
		ts.Check(leaveOpen(context.Background(), s, filepath.Base(rest), n))
		return
	}
	bucket, key, _ := strings.Cut(rest, "/")
	s, err := ossOf(context.Background(), bucket, ts.Getenv("OSS_ENDPOINT"))
	ts.Check(err)
	defer s.Close()
	ts.Check(leaveOpen(context.Background(), s, key, n))
}

func ossOf(ctx context.Context, bucket, endpoint string) (*oss.Store, error) {
	return oss.New(ctx, oss.Options{
		Bucket: bucket, Endpoint: endpoint, Region: "cn-hangzhou",
		Credentials: oss.Static(oss.Credentials{AccessKeyID: keyID, AccessKeySecret: canary}),
	})
}

func leaveOpen(ctx context.Context, s sender.Store, key string, n int) error {
	o := &sender.Object{Key: key, Size: int64(n)}
	u, err := s.Begin(ctx, o)
	if err != nil {
		return err
	}
	data := bytes.Repeat([]byte("x"), n)
	part := sender.Part{Number: 1, Payload: sender.Payload{Data: data, Sums: hasher.Sum(data, hasher.SetOf(s.Wire()))}}
	_, err = s.SendPart(ctx, u, part)
	return err
}

// startStore starts an embedded store, in a handler that may answer before it does, and points the environment to it.
func startStore(t *testing.T, before func(w http.ResponseWriter, r *http.Request) (answered bool)) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(storeBehind(t, before))
	t.Cleanup(server.Close)
	useStore(t, server.URL)
	return server
}

func storeBehind(t *testing.T, before func(w http.ResponseWriter, r *http.Request) bool) http.Handler {
	t.Helper()
	store, err := devstore.New(devstore.Options{
		Dir: t.TempDir(), Buckets: []string{"demo"}, AccessKeyID: keyID, AccessKeySecret: canary, NoSync: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if before == nil || !before(w, r) {
			store.ServeHTTP(w, r)
		}
	})
}

// useStore points both dialects to an endpoint.
func useStore(t *testing.T, url string) {
	t.Helper()
	for _, v := range settingsOf(url) {
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(name, value)
	}
}

// settingsOf are the variables that point both dialects to an endpoint.
func settingsOf(url string) []string {
	return []string{
		"OSS_ENDPOINT=" + url, "OSS_REGION=cn-hangzhou", "OSS_ACCESS_KEY_ID=" + keyID, "OSS_ACCESS_KEY_SECRET=" + canary,
		"AWS_ENDPOINT_URL_S3=" + url, "AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=" + keyID, "AWS_SECRET_ACCESS_KEY=" + canary,
		"AWS_EC2_METADATA_DISABLED=true", "INGEST_PROGRESS=none",
	}
}

// ingest runs a command line in this process.
func ingest(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = execute(t.Context(), args, strings.NewReader(""), &out, &err)
	if strings.Contains(out.String()+err.String(), canary) {
		t.Error("the secret is in what was printed")
	}
	return code, out.String(), err.String()
}

func TestAbortGoesOnOverFailures(t *testing.T) {
	server := startStore(t, func(w http.ResponseWriter, r *http.Request) bool {
		refused := r.Method == http.MethodDelete && strings.HasSuffix(r.URL.Path, "/7")
		if refused {
			w.Header().Set("Content-Type", "application/xml")
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, "<Error><Code>AccessDenied</Code><Message>no\x1b[2J</Message><RequestId>5</RequestId></Error>")
		}
		return refused
	})
	s, err := ossOf(t.Context(), "demo", server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for i := range 40 {
		if err := leaveOpen(t.Context(), s, strconv.Itoa(i), 1); err != nil {
			t.Fatal(err)
		}
	}
	code, stdout, stderr := ingest(t, "uploads", "abort", "oss://demo/", "--all")
	if code != exitFailed || strings.Count(stdout, "\n") != 39 {
		t.Errorf("exit %d, %d aborted: %s", code, strings.Count(stdout, "\n"), stderr)
	}
	for _, want := range []string{"AccessDenied", "1 upload could not be aborted; to try again:", "39 uploads aborted"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("stderr has no %q: %s", want, stderr)
		}
	}
	if strings.Contains(stderr, "\x1b[2J") {
		t.Error("a store's text reached the terminal as it is")
	}
	if _, stdout, _ := ingest(t, "uploads", "list", "oss://demo/"); !strings.HasPrefix(stdout, "7\t") || strings.Count(stdout, "\n") != 1 {
		t.Errorf("left open: %q", stdout)
	}
}

// interruptedJob is a job of one large file, which ended when its upload had some parts.
func interruptedJob(t *testing.T) (manifest string) {
	dir := t.TempDir()
	manifest = filepath.Join(dir, "rows.txt")
	for name, data := range map[string][]byte{manifest: []byte("large\n"), filepath.Join(dir, "large"): make([]byte, 5<<20)} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return manifest
}

func TestAbortKnowsAJobByItsJournal(t *testing.T) {
	var mended atomic.Bool
	server := startStore(t, func(w http.ResponseWriter, r *http.Request) bool {
		if !mended.Load() && r.URL.Query().Get("partNumber") == "5" {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, "<Error><Code>AccessDenied</Code><Message>no</Message></Error>")
			return true
		}
		return false
	})
	manifest := interruptedJob(t)
	run := []string{"run", manifest, "--to", "oss://demo/x", "--part-size", "1MiB", "--journal", manifest + ".j"}
	if code, _, stderr := ingest(t, run...); code == exitDone {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	s, err := ossOf(t.Context(), "demo", server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := leaveOpen(t.Context(), s, "x/large", 1); err != nil { // somebody else's
		t.Fatal(err)
	}
	journal := []string{"--journal", manifest + ".j"}
	if code, _, stderr := ingest(t, append([]string{"uploads", "list", "oss://demo/"}, journal...)...); code != exitJournal || !strings.Contains(stderr, "give its URL") {
		t.Errorf("another URL: exit %d: %s", code, stderr)
	}
	code, listed, stderr := ingest(t, append([]string{"uploads", "list", "oss://demo/x/", "--parts"}, journal...)...)
	if code != exitDone || strings.Count(listed, "\n") != 1 {
		t.Fatalf("exit %d: %s%s", code, listed, stderr)
	}
	code, aborted, stderr := ingest(t, append([]string{"uploads", "abort", "oss://demo/x/", "--parts"}, journal...)...)
	if code != exitDone || aborted != listed {
		t.Errorf("exit %d: aborted %q, listed %q: %s", code, aborted, listed, stderr)
	}
	if code, dumped, stderr := ingest(t, "journal", manifest+".j"); code != exitDone || !strings.Contains(dumped, `"type":"dropped"`) {
		t.Errorf("the journal does not know: %s%s", dumped, stderr)
	}
	mended.Store(true)
	if code, _, stderr := ingest(t, run...); code != exitDone {
		t.Errorf("the job does not go on: exit %d: %s", code, stderr)
	}
}

func TestUploadTable(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	var b bytes.Buffer
	table := newTable(&b, true, now)
	for _, u := range []openUpload{
		{OpenUpload: sender.OpenUpload{Upload: sender.Upload{Key: "a", ID: "1F"}, Begun: now.Add(-90 * time.Second)}, parts: 3, bytes: 3 << 20},
		{OpenUpload: sender.OpenUpload{Upload: sender.Upload{Key: "evil\x1b[2J\n", ID: "2"}, Begun: now.Add(-75 * time.Hour)}, parts: -1},
		{OpenUpload: sender.OpenUpload{Upload: sender.Upload{Key: "no date", ID: "3"}}, parts: 0},
	} {
		if err := table.print(u); err != nil {
			t.Fatal(err)
		}
	}
	if err := table.flush(); err != nil {
		t.Fatal(err)
	}
	want := `KEY              UPLOAD  AGE    PARTS  SIZE
a                1F      1m     3      3.0 MiB
"evil\x1b[2J\n"  2       3d03h  -      -
no date          3       -      0      0 B
`
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", &b, want)
	}
}
