package lab

import (
	"net/http"
	"strings"
	"sync"

	"github.com/ingest-dev/ingest/test/internal/answered"
)

// Meter counts how often each part and each object was stored.
type Meter struct {
	next http.Handler
	mu   sync.Mutex
	sent map[string]int // by path and number of the part
}

// ServeHTTP has the store answer.
func (m *Meter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	said := answered.Record(w)
	m.next.ServeHTTP(said, r)
	if r.Method == http.MethodPut && said.Status == http.StatusOK {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.sent[r.URL.Path+"#"+r.URL.Query().Get("partNumber")]++
	}
}

// Sent returns how many parts and objects were stored whose key begins with prefix, and how often one was that had
// been before.
func (m *Meter) Sent(prefix string) (all, again int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for path, n := range m.sent {
		if strings.HasPrefix(path, "/"+bucket+"/"+prefix) {
			all++
			again += n - 1
		}
	}
	return all, again
}
