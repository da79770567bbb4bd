// Package answered knows what a handler answered.
package answered

import "net/http"

// Recorder passes an answer on, and keeps its status.
type Recorder struct {
	http.ResponseWriter
	Status int // 200 until the handler says otherwise, as net/http has it
}

// Record returns what a handler is to answer to in place of w.
func Record(w http.ResponseWriter) *Recorder {
	return &Recorder{ResponseWriter: w, Status: http.StatusOK}
}

// WriteHeader keeps the status.
func (r *Recorder) WriteHeader(status int) {
	r.Status = status
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *Recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
