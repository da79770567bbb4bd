package differential

import (
	"crypto/md5"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// foreign is a host that is not the store. It takes everything and says that all is well.
type foreign struct {
	url    string
	secret string // the security token of the cell

	mu    sync.Mutex
	bytes int64
	token bool // it was told the token
}

func newForeign(t *testing.T, token string) *foreign {
	t.Helper()
	f := &foreign{secret: token}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	f.url = server.URL
	return f
}

func (f *foreign) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	sum := md5.New()
	n, _ := io.Copy(sum, r.Body)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.bytes += n
	for _, values := range r.Header {
		f.token = f.token || strings.Contains(strings.Join(values, ","), f.secret)
	}
	f.token = f.token || strings.Contains(r.URL.RawQuery, f.secret)
	w.Header().Set("ETag", fmt.Sprintf(`"%X"`, sum.Sum(nil)))
}

// saw returns what the host learned, "" if nothing.
func (f *foreign) saw() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.token && f.bytes > 0:
		return "the other host got the bytes and the security token"
	case f.token:
		return "the other host got the security token"
	case f.bytes > 0:
		return "the other host got the bytes"
	}
	return ""
}
