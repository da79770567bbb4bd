package devstore

import (
	"crypto/subtle"
	"errors"
	"net/http"
	"time"

	"github.com/ingest-dev/ingest/devstore/internal/auth"
)

// ErrTemporaryKey is returned by New when a temporary key lacks something, or has the id of another key.
var ErrTemporaryKey = errors.New("a temporary key needs an id of its own, a secret, a session token and an expiration")

// TemporaryKey is an access key as a security token service gives it out: it is good with its token, until it expires.
// All fields are needed.
type TemporaryKey struct {
	AccessKeyID, AccessKeySecret, SessionToken string
	// Expiration is when requests begin to be refused: as SecurityTokenExpired in the OSS dialect, as ExpiredToken in
	// that of S3.
	Expiration time.Time
}

func (k TemporaryKey) whole() bool {
	return k.AccessKeyID != "" && k.AccessKeySecret != "" && k.SessionToken != "" && !k.Expiration.IsZero()
}

// check refuses a request without the token, and one that comes too late.
func (k TemporaryKey) check(r *http.Request, v auth.Verdict, now time.Time) *auth.Denied {
	switch {
	case !sameToken(r, k.SessionToken):
		return wrongToken(v, now)
	case !now.Before(k.Expiration):
		return expired(v.Dialect, now)
	}
	return nil
}

func sameToken(r *http.Request, want string) bool {
	return subtle.ConstantTimeCompare([]byte(token(r)), []byte(want)) == 1
}

// checkKeys returns why these keys cannot be told apart, or used.
func (o Options) checkKeys() error {
	if o.AccessKeyID == "" || o.AccessKeySecret == "" {
		return ErrNoKey
	}
	seen := map[string]bool{o.AccessKeyID: true}
	for _, k := range o.Temporary {
		if !k.whole() || seen[k.AccessKeyID] {
			return ErrTemporaryKey
		}
		seen[k.AccessKeyID] = true
	}
	return nil
}

// temporary returns the temporary key of that id, if it is one's.
func (s *Server) temporary(id string) (TemporaryKey, bool) {
	for _, k := range s.options.Temporary {
		if k.AccessKeyID == id {
			return k, true
		}
	}
	return TemporaryKey{}, false
}

// expired says that the security token of a request has expired.
func expired(d auth.Dialect, now time.Time) *auth.Denied {
	denied := &auth.Denied{
		Dialect: d, Status: http.StatusForbidden, Code: "SecurityTokenExpired",
		Message: "The security token you provided has expired.", ServerTime: now,
	}
	if d == auth.S3 {
		denied.Status, denied.Code, denied.Message = http.StatusBadRequest, "ExpiredToken", "The provided token has expired."
	}
	return denied
}
