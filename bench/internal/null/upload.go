package null

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"

	"github.com/ingest-dev/ingest/hasher"
)

// upload is what is known of an upload: what its parts were.
type upload struct {
	mu    sync.Mutex
	parts []part
}

type part struct {
	number int
	got    swallowed
}

func (s *Store) begin(w http.ResponseWriter) {
	id := fmt.Sprintf("%032x", s.began.Add(1))
	if s.CRC64 {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.uploads == nil {
			s.uploads = map[string]*upload{}
		}
		s.uploads[id] = &upload{}
	}
	reply(w, "<InitiateMultipartUploadResult><UploadId>"+id+"</UploadId></InitiateMultipartUploadResult>")
}

func (s *Store) find(id string) *upload {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.uploads[id]
}

func (s *Store) abort(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.uploads, id)
}

// keepPart remembers the checksum of a part, if it was taken.
func (s *Store) keepPart(query url.Values, got swallowed) {
	u := s.find(query.Get("uploadId"))
	number, err := strconv.Atoi(query.Get("partNumber"))
	if u == nil || err != nil {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.parts = append(u.parts, part{number, got})
}

// complete believes what an S3 client says of the whole, and tells an OSS client what its parts add up to.
func (s *Store) complete(w http.ResponseWriter, r *http.Request, id string) {
	if u := s.find(id); u != nil {
		w.Header()[crcHeader] = []string{u.whole()}
		s.abort(id)
	}
	var sum string
	if v := r.Header.Get(checksumHeader + "Crc64nvme"); v != "" {
		sum = "<ChecksumCRC64NVME>" + v + "</ChecksumCRC64NVME><ChecksumType>FULL_OBJECT</ChecksumType>"
	}
	w.Header()["Etag"] = []string{etag}
	reply(w, "<CompleteMultipartUploadResult><Bucket>null</Bucket><ETag>"+etag+"</ETag>"+sum+"</CompleteMultipartUploadResult>")
}

// whole is the checksum of the parts one after the other, of each number the last.
func (u *upload) whole() string {
	u.mu.Lock()
	defer u.mu.Unlock()
	slices.SortStableFunc(u.parts, func(a, b part) int { return cmp.Compare(a.number, b.number) })
	var all hasher.Whole
	for i, p := range u.parts {
		if i+1 < len(u.parts) && u.parts[i+1].number == p.number {
			continue
		}
		if err := all.Add(p.got.sum, p.got.size); err != nil {
			return ""
		}
	}
	return decimal(all.Sum())
}

// decimal is how OSS writes a CRC-64.
func decimal(c hasher.Checksum) string { return strconv.FormatUint(c.Uint64(), 10) }
