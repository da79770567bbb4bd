package null

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
)

// Store answers requests. The zero value is ready for use.
type Store struct {
	CRC64 bool         // take the CRC-64/ECMA of every body and state it, as OSS does
	OnPut func(string) // called with the path of each PUT before its body is read; from many goroutines at once

	began   atomic.Int64 // uploads
	mu      sync.Mutex
	uploads map[string]*upload
}

// Every object has this ETag: stores that encrypt give ETags that say nothing, so clients must not mind.
const etag = `"00000000000000000000000000000000"`

// ServeHTTP answers one request.
func (s *Store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h["X-Amz-Request-Id"], h["X-Oss-Request-Id"] = one, one
	_, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case r.Method == http.MethodPut && key != "":
		s.put(w, r)
	case key == "":
		bucket(w, r)
	case r.Method == http.MethodPost:
		s.post(w, r)
	case r.Method == http.MethodDelete:
		s.abort(r.URL.Query().Get("uploadId"))
		w.WriteHeader(http.StatusNoContent)
	default:
		notFound(w, "NoSuchKey")
	}
}

var one = []string{"1"}

// put takes an object or a part.
func (s *Store) put(w http.ResponseWriter, r *http.Request) {
	if s.OnPut != nil {
		s.OnPut(r.URL.Path)
	}
	got, err := s.swallow(r)
	if err != nil {
		return // the client is gone
	}
	if r.URL.RawQuery != "" {
		s.keepPart(r.URL.Query(), got)
	}
	for name, value := range r.Header {
		if strings.HasPrefix(name, checksumHeader) {
			w.Header()[name] = value
		}
	}
	if s.CRC64 {
		w.Header()[crcHeader] = []string{got.decimal()}
	}
	w.Header()["Etag"] = []string{etag}
}

const (
	checksumHeader = "X-Amz-Checksum-"
	crcHeader      = "X-Oss-Hash-Crc64ecma"
)

func (s *Store) post(w http.ResponseWriter, r *http.Request) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return
	}
	query := r.URL.Query()
	switch {
	case query.Has("uploads"):
		s.begin(w)
	case query.Has("uploadId"):
		s.complete(w, r, query.Get("uploadId"))
	default:
		w.WriteHeader(http.StatusNotImplemented)
	}
}

// bucket answers what is asked of a bucket: it is there, and empty.
func bucket(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	switch {
	case r.Method != http.MethodGet:
	case r.URL.Path == "/":
		reply(w, "<ListAllMyBucketsResult><Buckets></Buckets></ListAllMyBucketsResult>")
	case query.Has("location"):
		reply(w, "<LocationConstraint></LocationConstraint>")
	case query.Has("uploads"):
		reply(w, "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>")
	case query.Has("bucketInfo"):
		reply(w, "<BucketInfo><Bucket><Location>oss-local</Location></Bucket></BucketInfo>")
	case query.Has("object-lock"), query.Has("encryption"), query.Has("policy"), query.Has("tagging"):
		notFound(w, "NotConfigured")
	case query.Has("versioning"):
		reply(w, "<VersioningConfiguration></VersioningConfiguration>")
	default:
		reply(w, "<ListBucketResult><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>")
	}
}

func notFound(w http.ResponseWriter, code string) {
	w.WriteHeader(http.StatusNotFound)
	io.WriteString(w, "<Error><Code>"+code+"</Code></Error>") //nolint:errcheck // a client that is gone needs no answer
}

func reply(w http.ResponseWriter, xml string) {
	w.Header().Set("Content-Type", "application/xml")
	io.WriteString(w, xml) //nolint:errcheck // a client that is gone needs no answer
}
