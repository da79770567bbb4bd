// Command nullstore is an S3 store that keeps nothing: it reads what it is sent, believes the checksum that came
// with it and says so. Measured against it, nearly all of the cost is the client's.
//
//	nullstore -addr 127.0.0.1:9100
//
// It checks no signature, answers every read with "not found", and remembers of an upload only its id.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:9100", "address to listen on")
	flag.Parse()
	log.Fatal(http.ListenAndServe(*addr, &store{}))
}

type store struct {
	buffers sync.Pool
	uploads atomic.Int64
}

// etag is what every object has: stores that encrypt give ETags that say nothing, so clients must not mind.
const etag = `"00000000000000000000000000000000"`

func (s *store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := s.swallow(r.Body); err != nil {
		return
	}
	query := r.URL.Query()
	switch {
	case r.Method == http.MethodPut:
		echo(w, r)
	case r.Method == http.MethodPost && query.Has("uploads"):
		reply(w, fmt.Sprintf("<InitiateMultipartUploadResult><UploadId>%d</UploadId></InitiateMultipartUploadResult>", s.uploads.Add(1)))
	case r.Method == http.MethodPost && query.Has("uploadId"):
		complete(w, r)
	case r.Method == http.MethodDelete:
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodGet && query.Has("uploads"):
		reply(w, "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>")
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// swallow reads a body to its end without keeping it.
func (s *store) swallow(body io.Reader) error {
	buffer, ok := s.buffers.Get().(*[]byte)
	if !ok {
		b := make([]byte, 1<<20)
		buffer = &b
	}
	defer s.buffers.Put(buffer)
	_, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{body}, *buffer)
	return err
}

const checksum = "X-Amz-Checksum-"

// echo answers with the checksums that the request declared.
func echo(w http.ResponseWriter, r *http.Request) {
	for name, value := range r.Header {
		if strings.HasPrefix(name, checksum) {
			w.Header()[name] = value
		}
	}
	w.Header().Set("ETag", etag)
}

func complete(w http.ResponseWriter, r *http.Request) {
	var sum string
	if v := r.Header.Get(checksum + "Crc64nvme"); v != "" {
		sum = "<ChecksumCRC64NVME>" + v + "</ChecksumCRC64NVME><ChecksumType>FULL_OBJECT</ChecksumType>"
	}
	reply(w, "<CompleteMultipartUploadResult><ETag>"+etag+"</ETag>"+sum+"</CompleteMultipartUploadResult>")
}

func reply(w http.ResponseWriter, xml string) {
	w.Header().Set("Content-Type", "application/xml")
	io.WriteString(w, xml) //nolint:errcheck // a client that is gone needs no answer
}
