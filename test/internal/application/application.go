// Package application is the server of an application that a store calls back.
package application

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// Server takes callbacks, on a loopback port.
type Server struct {
	URL string
	// Told are the bodies of the callbacks, up to ten.
	Told chan string
}

// Start runs a server that answers {"taken":true}, with that status, until the test ends.
func Start(t *testing.T, status int) *Server {
	t.Helper()
	s := &Server{Told: make(chan string, 10)}
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.Told <- string(body)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"taken":true}`)
	}))
	t.Cleanup(h.Close)
	s.URL = h.URL
	return s
}

// Callback returns what a client has to ask for to have the server told body, as OSS writes it.
func (s *Server) Callback(body string) string {
	return Coded(map[string]string{"callbackUrl": s.URL, "callbackBody": body, "callbackBodyType": "application/json"})
}

// Coded returns base64 of fields in JSON.
func Coded(fields map[string]string) string {
	text, _ := json.Marshal(fields) // strings can always be encoded
	return base64.StdEncoding.EncodeToString(text)
}
