package credentials

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/ingest-dev/ingest/sender/oss"
)

// maxSource is the longest file, answer or output that credentials are looked for in, in bytes.
const maxSource = 1 << 20

var (
	errNoJSON     = errors.New("it is not JSON as it should be")
	errExpiration = errors.New("its expiration is not a time such as 2026-11-20T03:04:05Z")
)

// issued is credentials in JSON, as all services and the processes of ossutil and the SDKs write them.
type issued struct {
	Code            string // of the metadata service and its imitators: "Success"
	AccessKeyID     string `json:"AccessKeyId"`
	AccessKeySecret string
	SecurityToken   string
	Expiration      string
}

// session returns what was issued at a time, by a service whose answer has this Date. The time that is left is
// taken from the service's own clock, if it states it: ours may be wrong.
func (i *issued) session(now time.Time, date string) (session, error) {
	s := session{Credentials: oss.Credentials{
		AccessKeyID: i.AccessKeyID, AccessKeySecret: i.AccessKeySecret, SecurityToken: i.SecurityToken,
	}}
	if i.Code != "" && i.Code != "Success" {
		return session{}, errors.New("its code is not Success")
	}
	if s.AccessKeyID == "" || s.AccessKeySecret == "" {
		return session{}, errEmpty
	}
	if i.Expiration == "" {
		return s, nil
	}
	at, err := time.Parse(time.RFC3339, i.Expiration)
	if err != nil {
		return session{}, errExpiration
	}
	s.expires = at
	if theirs, err := http.ParseTime(date); err == nil {
		s.expires = now.Add(at.Sub(theirs))
	}
	return s, nil
}

// decode reads JSON. Why it could not is not told, as that would repeat some of it.
func decode(text []byte, into any) bool { return json.Unmarshal(text, into) == nil }

// readFile reads a file that is not unreasonably long.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSource+1))
	if err == nil && len(text) > maxSource {
		err = fmt.Errorf("%s is longer than %d bytes", path, maxSource)
	}
	return text, err
}
