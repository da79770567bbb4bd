package adopt

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	ossv1 "github.com/aliyun/aliyun-oss-go-sdk/oss"
	"github.com/ingest-dev/ingest/devstore"
	"github.com/ingest-dev/ingest/test/internal/answered"
	"github.com/ingest-dev/ingest/test/internal/lab"
)

func TestMain(m *testing.M) { lab.Main(m) }

const (
	bucket   = "trial"
	key      = "some/folder/large file.bin"
	region   = "cn-hangzhou"
	id       = "trial-id"
	secret   = "trial-secret"
	partSize = 100 << 10 // the least that the clients take
	parts    = 7
)

// stand is a store, a file that a client was to bring there, and the program that is to finish it.
type stand struct {
	*testing.T
	program string
	store   *devstore.Server
	url     string
	dir     string // where the file is, and whatever is left behind
	file    string

	mu      sync.Mutex
	refused int   // parts from this number on are refused; 0: none
	sent    []int // numbers of the parts that were stored
	puts    int   // objects that were stored in one request
}

func newStand(t *testing.T) *stand {
	t.Helper()
	s := &stand{T: t, program: lab.New(t, lab.Options{Kind: lab.File}).Program, dir: t.TempDir()}
	var err error
	s.store, err = devstore.New(devstore.Options{
		Dir: t.TempDir(), Buckets: []string{bucket}, AccessKeyID: id, AccessKeySecret: secret, Region: region, NoSync: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(func() {
		server.Close()
		if err := s.store.Close(); err != nil {
			t.Error(err)
		}
	})
	s.url, s.file = server.URL, filepath.Join(s.dir, "large file.bin")
	data := make([]byte, (parts-1)*partSize+777)
	random := rand.NewChaCha8([32]byte{1})
	_, _ = random.Read(data)
	s.write(data)
	return s
}

// ServeHTTP counts what the store has taken, and refuses the parts that are to be refused.
func (s *stand) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	number, _ := strconv.Atoi(r.URL.Query().Get("partNumber"))
	if s.refuses(number) {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, "<Error><Code>AccessDenied</Code><Message>no more parts today</Message></Error>")
		return
	}
	said := answered.Record(w)
	s.store.ServeHTTP(said, r)
	if r.Method != http.MethodPut || said.Status != http.StatusOK {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if number > 0 {
		s.sent = append(s.sent, number)
	} else {
		s.puts++
	}
}

func (s *stand) refuses(number int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refused > 0 && number >= s.refused
}

// interrupted runs a client, of which the store takes three parts and no more.
func (s *stand) interrupted(upload func() error) {
	s.Helper()
	s.setRefused(4)
	if err := upload(); err == nil {
		s.Fatal("the client was not interrupted")
	}
	s.setRefused(0)
	if got := s.taken(); !slices.Equal(got, []int{1, 2, 3}) {
		s.Fatalf("the client has sent the parts %v", got)
	}
}

func (s *stand) setRefused(from int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused = from
}

// taken returns the parts that were stored since it was asked last, sorted.
func (s *stand) taken() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	got := s.sent
	s.sent = nil
	slices.Sort(got)
	return got
}

func (s *stand) write(data []byte) {
	s.Helper()
	if err := os.WriteFile(s.file, data, 0o600); err != nil {
		s.Fatal(err)
	}
}

func (s *stand) data() []byte {
	s.Helper()
	data, err := os.ReadFile(s.file)
	if err != nil {
		s.Fatal(err)
	}
	return data
}

// change gives the file other bytes, and the times that it had: whoever looks at those alone takes it for the same.
func (s *stand) change(to func(data []byte) []byte) {
	s.Helper()
	info, err := os.Stat(s.file)
	if err != nil {
		s.Fatal(err)
	}
	s.write(to(s.data()))
	if err := os.Chtimes(s.file, info.ModTime(), info.ModTime()); err != nil {
		s.Fatal(err)
	}
}

// ingest runs the program, which is wanted to exit with that code, and returns what it said.
func (s *stand) ingest(code int, args ...string) string {
	s.Helper()
	cmd := exec.CommandContext(s.Context(), s.program, args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "OSS_ENDPOINT="+s.url, "OSS_REGION="+region, "OSS_ACCESS_KEY_ID="+id,
		"OSS_ACCESS_KEY_SECRET="+secret, "OSS_SESSION_TOKEN=", "AWS_ACCESS_KEY_ID="+id, "AWS_SECRET_ACCESS_KEY="+secret, "INGEST_PROGRESS=none")
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != code {
		s.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// arrived wants the object to be the file.
func (s *stand) arrived() {
	s.Helper()
	body, err := s.bucket().GetObject(key)
	if err != nil {
		s.Fatal(err)
	}
	defer body.Close()
	var got bytes.Buffer
	if _, err := got.ReadFrom(body); err != nil || !bytes.Equal(got.Bytes(), s.data()) {
		s.Errorf("the object has %d bytes, and is not the file: %v", got.Len(), err)
	}
}

// open wants so many uploads to be open.
func (s *stand) open(want int) {
	s.Helper()
	list, err := s.bucket().ListMultipartUploads()
	if err != nil || len(list.Uploads) != want {
		s.Errorf("left open: %+v, %v, want %d", list.Uploads, err, want)
	}
}

// bucket is the store through aliyun-oss-go-sdk.
func (s *stand) bucket() *ossv1.Bucket {
	s.Helper()
	c, err := ossv1.New(s.url, id, secret)
	if err != nil {
		s.Fatal(err)
	}
	b, err := c.Bucket(bucket)
	if err != nil {
		s.Fatal(err)
	}
	return b
}
