package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss"
	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/credentials"
	"github.com/ingest-dev/ingest/devstore"
)

// One job of mixed sizes is killed with SIGKILL at random instants, again and again; the last run is left alone.
// Then every object must be its source, no upload may be open, and no more may have been sent twice than was in
// flight at the kills. INGEST_KILLS says how often (make kill: 200), INGEST_SEED repeats a run.
func TestKilledAgainAndAgainLosesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("long: it waits for processes to be killed")
	}
	kills := 25
	if n, err := strconv.Atoi(os.Getenv("INGEST_KILLS")); err == nil {
		kills = n
	}
	k := newKillLab(t, kills)
	for n := range kills {
		if k.killed(n) {
			continue
		}
		t.Fatalf("the job was over before kill %d of %d: it is too small", n+1, kills)
	}
	k.finished()
	k.everyObjectIsItsSource()
	k.noUploadIsOpen()
	k.littleWasSentTwice(kills)
}

// killParallel is how many parts are in flight; so many may be sent twice for each kill.
const killParallel = 6

type killLab struct {
	*testing.T
	dir     string
	program string
	store   *counted
	server  *httptest.Server
	random  *rand.Rand
	env     []string
	sizes   map[string]int
}

func newKillLab(t *testing.T, kills int) *killLab {
	seed := uint64(time.Now().UnixNano())
	if n, err := strconv.ParseUint(os.Getenv("INGEST_SEED"), 10, 64); err == nil {
		seed = n
	}
	t.Logf("INGEST_SEED=%d", seed)
	program, err := selfAsIngest()
	if err != nil {
		t.Fatal(err)
	}
	k := &killLab{T: t, dir: t.TempDir(), program: program, random: rand.New(rand.NewPCG(seed, 1)), sizes: map[string]int{}}
	store, err := devstore.New(devstore.Options{
		Dir: filepath.Join(k.dir, "store"), Buckets: []string{"demo"}, AccessKeyID: keyID, AccessKeySecret: canary,
	})
	if err != nil {
		t.Fatal(err)
	}
	k.store = &counted{next: store, sent: map[string]int{}}
	k.server = httptest.NewServer(k.store)
	t.Cleanup(func() {
		k.server.Close()
		store.Close()
	})
	k.env = append(os.Environ(), "OSS_ENDPOINT="+k.server.URL, "OSS_REGION=cn-hangzhou",
		"OSS_ACCESS_KEY_ID="+keyID, "OSS_ACCESS_KEY_SECRET="+canary)
	k.sources(kills)
	return k
}

// sources makes enough files of mixed sizes to outlast the kills.
func (k *killLab) sources(kills int) {
	var manifest strings.Builder
	for left, n := kills*3<<20, 0; left > 0; n++ {
		size := k.random.IntN(64 << 10)
		if n%10 == 0 {
			size = k.random.IntN(12 << 20)
		}
		name := fmt.Sprintf("f%05d", n)
		k.sizes[name] = size
		left -= size
		if err := os.WriteFile(filepath.Join(k.dir, name), k.content(name), 0o600); err != nil {
			k.Fatal(err)
		}
		fmt.Fprintln(&manifest, name)
	}
	if err := os.WriteFile(k.manifest(), []byte(manifest.String()), 0o600); err != nil {
		k.Fatal(err)
	}
}

func (k *killLab) manifest() string { return filepath.Join(k.dir, "rows.txt") }

// content is what a file of that name holds.
func (k *killLab) content(name string) []byte {
	data := make([]byte, k.sizes[name])
	r := rand.NewChaCha8([32]byte([]byte(fmt.Sprintf("%-32s", name))))
	_, _ = r.Read(data)
	return data
}

func (k *killLab) command(ctx context.Context, flags ...string) (*exec.Cmd, *bytes.Buffer) {
	args := append([]string{"run", k.manifest(), "--to", "oss://demo/k/", "--part-size", "256KiB",
		"--parallel", strconv.Itoa(killParallel), "--progress", "none"}, flags...)
	cmd := exec.CommandContext(ctx, k.program, args...)
	var out bytes.Buffer
	cmd.Env, cmd.Stdout, cmd.Stderr = k.env, &out, &out
	return cmd, &out
}

// killed runs the job and kills it after a while. It reports false if the job ended by itself.
func (k *killLab) killed(n int) bool {
	ctx, cancel := context.WithCancel(k.Context())
	defer cancel()
	cmd, out := k.command(ctx, "--limit-rate", "8MiB")
	if err := cmd.Start(); err != nil {
		k.Fatal(err)
	}
	time.Sleep(time.Duration(20+k.random.IntN(250)) * time.Millisecond)
	_ = cmd.Process.Kill()
	err := cmd.Wait()
	if err == nil {
		return false
	}
	if status := cmd.ProcessState.ExitCode(); status != -1 {
		k.Fatalf("kill %d: exit %d: %s", n, status, out)
	}
	return true
}

func (k *killLab) finished() {
	cmd, out := k.command(patient(k.T))
	if err := cmd.Run(); err != nil {
		k.Fatalf("the last run: %v: %s", err, out)
	}
	if _, err := os.Stat(k.manifest() + ".journal"); !errors.Is(err, os.ErrNotExist) {
		k.Errorf("the journal is left: %v", err)
	}
	k.Logf("the last run said: %s", out)
}

// client is one that is not ours.
func (k *killLab) client() *oss.Client {
	return oss.NewClient(oss.LoadDefaultConfig().WithRegion("cn-hangzhou").WithEndpoint(k.server.URL).
		WithCredentialsProvider(credentials.NewStaticCredentialsProvider(keyID, canary)))
}

func (k *killLab) everyObjectIsItsSource() {
	client := k.client()
	for name := range k.sizes {
		o, err := client.GetObject(k.Context(), &oss.GetObjectRequest{Bucket: oss.Ptr("demo"), Key: oss.Ptr("k/" + name)})
		if err != nil {
			k.Fatalf("%s: %v", name, err)
		}
		got, err := io.ReadAll(o.Body)
		o.Body.Close()
		if err != nil || !bytes.Equal(got, k.content(name)) {
			k.Fatalf("%s: %d bytes are not the source's %d, %v", name, len(got), k.sizes[name], err)
		}
	}
}

func (k *killLab) noUploadIsOpen() {
	list, err := k.client().ListMultipartUploads(k.Context(), &oss.ListMultipartUploadsRequest{Bucket: oss.Ptr("demo")})
	if err != nil {
		k.Fatal(err)
	}
	for _, u := range list.Uploads {
		k.Errorf("upload %s of %s is left open", *u.UploadId, *u.Key)
	}
}

func (k *killLab) littleWasSentTwice(kills int) {
	parts, twice := k.store.count()
	k.Logf("%d parts and objects, %d sent twice in %d kills of %d in flight", parts, twice, kills, killParallel)
	if twice > kills*killParallel {
		k.Errorf("%d were sent twice, more than were in flight", twice)
	}
}

// counted counts how often each part and each object was stored.
type counted struct {
	next http.Handler
	mu   sync.Mutex
	sent map[string]int
}

func (c *counted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := &statusWriter{ResponseWriter: w, status: http.StatusOK}
	c.next.ServeHTTP(answer, r)
	if r.Method == http.MethodPut && answer.status == http.StatusOK {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.sent[r.URL.Path+"#"+r.URL.Query().Get("partNumber")]++
	}
}

func (c *counted) count() (all, twice int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, n := range c.sent {
		twice += n - 1
	}
	return len(c.sent), twice
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}
