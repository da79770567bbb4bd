package rehearsal

import "net/http"

// Lost swallows an answer. Its zero value is ready.
type Lost struct{ header http.Header }

// Header returns headers that nobody sees.
func (l *Lost) Header() http.Header {
	if l.header == nil {
		l.header = http.Header{}
	}
	return l.header
}

// WriteHeader does nothing.
func (l *Lost) WriteHeader(int) {}

// Write takes everything.
func (l *Lost) Write(p []byte) (int, error) { return len(p), nil }
