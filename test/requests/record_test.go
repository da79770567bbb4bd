package requests

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// record is a request as a server sees it: its fields by name, such as "method", "path", "query partNumber",
// "header Content-Type" and "body". What must differ from time to time is taken out of the values.
type record map[string]string

// recorder stands before a store and keeps what it is asked.
type recorder struct {
	http.Handler
	mu      sync.Mutex
	records []record
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	request.Body = io.NopCloser(bytes.NewReader(body))
	r.mu.Lock()
	r.records = append(r.records, recordOf(request, body))
	r.mu.Unlock()
	r.Handler.ServeHTTP(w, request)
}

// take returns what was asked since the last time.
func (r *recorder) take() []record {
	r.mu.Lock()
	defer r.mu.Unlock()
	taken := r.records
	r.records = nil
	return taken
}

func recordOf(r *http.Request, body []byte) record {
	path, _, _ := strings.Cut(r.RequestURI, "?")
	seen := record{"method": r.Method, "path": path, "body": bodyOf(body), "length": "stated"}
	if r.ContentLength < 0 {
		seen["length"] = "not stated"
	}
	for name, values := range r.URL.Query() {
		seen["query "+name] = steady(strings.Join(values, " | "))
	}
	for name, values := range r.Header {
		if name == "Content-Length" {
			continue
		}
		seen["header "+name] = steady(strings.Join(values, " | "))
	}
	if a := r.Header.Get("Authorization"); a != "" {
		seen["header Authorization"] = withoutSignature(a)
	}
	return seen
}

// bodyOf is the list of parts, or else the bytes themselves.
func bodyOf(body []byte) string {
	var list struct {
		XMLName xml.Name
		Part    []struct {
			PartNumber        int
			ETag              string
			ChecksumCRC64NVME string
		}
	}
	if xml.Unmarshal(body, &list) != nil {
		return fmt.Sprintf("%x", body)
	}
	return fmt.Sprintf("%s %+v", list.XMLName.Local, list.Part)
}

var (
	times      = regexp.MustCompile(`^(\d{8}T\d{6}Z|\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT)$`)
	uploadID   = regexp.MustCompile(`^[0-9A-Za-z._~-]{24,}$`)
	signature  = regexp.MustCompile(`(Signature=)[0-9a-f]+|(OSS \S+:)\S+`)
	credential = regexp.MustCompile(`/\d{8}/`)
)

// steady names what is another one each time: a moment, an upload.
func steady(value string) string {
	switch {
	case times.MatchString(value):
		return "a time"
	case uploadID.MatchString(value):
		return "an upload or a checksum of its length"
	}
	return value
}

func withoutSignature(a string) string {
	return credential.ReplaceAllString(signature.ReplaceAllString(a, "$1$2…"), "/…/")
}

// differences are the fields in which two records differ, as "field: theirs, ours".
func differences(theirs, ours record) map[string]string {
	found := make(map[string]string)
	for _, field := range slices.Sorted(maps.Keys(theirs)) {
		if mine, ok := ours[field]; !ok {
			found[field] = fmt.Sprintf("theirs %q, ours has none", theirs[field])
		} else if mine != theirs[field] {
			found[field] = fmt.Sprintf("theirs %q, ours %q", clip(theirs[field]), clip(mine))
		}
	}
	for field := range ours {
		if _, ok := theirs[field]; !ok {
			found[field] = fmt.Sprintf("theirs has none, ours %q", clip(ours[field]))
		}
	}
	return found
}

func clip(s string) string { return s[:min(len(s), 200)] }
