package manifests

import (
	"fmt"
	"strings"
	"time"
)

// The bounds of the properties that travel in headers, in bytes. All headers of a request share 8 KiB at S3, so that
// longer ones could not be sent.
const (
	maxHeader = 1024
	maxKeyID  = 2048 // Amazon's bound of a KMS key id
)

// httpDate is the date that RFC 9110, section 5.6.7, wants senders to write.
const httpDate = "Mon, 02 Jan 2006 15:04:05 GMT"

// ParseTime reads a moment as the fields expires and lock_until state it: as RFC 3339 or as an HTTP date, in whole
// seconds, from 1970 to 9999. It is returned in UTC.
func ParseTime(text string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		at, err = time.Parse(httpDate, text)
	}
	at = at.UTC()
	switch {
	case err != nil:
		return time.Time{}, fmt.Errorf("want a time such as 2026-12-31T23:59:59Z or Thu, 31 Dec 2026 23:59:59 GMT, not %s", clip(text))
	case at.Nanosecond() != 0:
		return time.Time{}, fmt.Errorf("want a time in whole seconds, not %s", clip(text))
	case at.Year() < 1970 || at.Year() > 9999:
		return time.Time{}, fmt.Errorf("want a time from 1970 to 9999, not %s", clip(text))
	}
	return at, nil
}

func (e *entry) stateTime(f field, column int64, text string) {
	at, err := ParseTime(text)
	if err != nil {
		e.fault(column, "%s: %v", f, err)
	}
	*e.row.time(f) = at
}

func (e *entry) stateHold(column int64, text string) {
	if text != "true" && text != "false" {
		e.fault(column, "%s wants true or false, not %s", fieldLegalHold, clip(text))
	}
	e.row.LegalHold = text == "true"
}

// checkRare checks the fields that few rows have.
func (e *entry) checkRare() {
	r := &e.row
	e.checkHeader(fieldCacheControl, r.CacheControl, maxHeader)
	e.checkHeader(fieldContentDisposition, r.ContentDisposition, maxHeader)
	e.checkHeader(fieldContentEncoding, r.ContentEncoding, maxHeader)
	e.checkHeader(fieldContentLanguage, r.ContentLanguage, maxHeader)
	e.checkHeader(fieldEncryptionKey, r.EncryptionKey, maxKeyID)
	e.checkHeader(fieldEncryption, r.Encryption, maxWord) // "aws:kms" is more than a word
	e.checkWord(fieldLockMode, r.LockMode)
	if r.Callback != "" || r.CallbackVars != nil {
		e.checkCallback()
	}
}

// checkHeader refuses what could not travel as the value of one HTTP header, unchanged.
func (e *entry) checkHeader(f field, s string, most int) {
	switch at := e.column[f]; {
	case len(s) > most:
		e.fault(at, "%s is %d bytes long; at most %d", f, len(s), most)
	case strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }):
		e.fault(at, "%s %s: want printable ASCII", f, clip(s))
	case padded(s):
		e.fault(at, "%s %s begins or ends with a blank", f, clip(s))
	}
}
