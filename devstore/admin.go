package devstore

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/fault"
)

// adminPath is where faults are set. No bucket may be called so.
const adminPath = "/-/faults"

// scriptLimit is the longest script that is read: some 10,000 rules.
const scriptLimit = 1 << 20

// administer shows or sets the faults.
func (s *Server) administer(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		s.showFaults(w)
	case http.MethodPut:
		s.setFaults(w, r)
	case http.MethodDelete:
		s.options.Faults.Set()
		w.WriteHeader(http.StatusNoContent)
	default:
		w.Header().Set("Allow", "GET, HEAD, PUT, DELETE")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	}
}

func (s *Server) showFaults(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	_ = out.Encode(s.options.Faults.State()) // the client is gone; there is nobody to tell
}

func (s *Server) setFaults(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, scriptLimit))
	if _, long := errors.AsType[*http.MaxBytesError](err); long {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	var rules []fault.Rule
	if err == nil {
		rules, err = fault.Parse(body)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.options.Faults.Set(rules...)
	w.WriteHeader(http.StatusNoContent)
}
