package s3

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/internal/wire"
)

const (
	metadataPrefix   = "X-Amz-Meta-"
	headerEncryption = "X-Amz-Server-Side-Encryption"
	headerLock       = "X-Amz-Object-Lock-"
	headerPayer      = "X-Amz-Request-Payer"
)

// properties appends to a header what goes with an object, for PutObject and CreateMultipartUpload.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html
func properties(header wire.Header, o *sender.Object) wire.Header {
	h := &header
	set(h, "Content-Type", o.ContentType)
	set(h, "Cache-Control", o.CacheControl)
	set(h, "Content-Disposition", o.ContentDisposition)
	set(h, "Content-Encoding", o.ContentEncoding)
	set(h, "Content-Language", o.ContentLanguage)
	setTime(h, "Expires", o.Expires, http.TimeFormat)
	set(h, "X-Amz-Storage-Class", o.StorageClass)
	set(h, "X-Amz-Acl", o.ACL)
	set(h, "X-Amz-Tagging", tagging(o.Tags))
	set(h, headerEncryption, o.Encryption)
	set(h, headerEncryption+"-Aws-Kms-Key-Id", o.EncryptionKey)
	set(h, headerLock+"Mode", o.LockMode)
	setTime(h, headerLock+"Retain-Until-Date", o.LockUntil, time.RFC3339)
	if o.LegalHold {
		set(h, headerLock+"Legal-Hold", "ON")
	}
	for name, value := range o.Metadata {
		h.Set(metadataPrefix+name, value)
	}
	return header
}

// set takes a name in its canonical form.
func set(h *wire.Header, name, value string) {
	if value != "" {
		h.Set(name, value)
	}
}

func setTime(h *wire.Header, name string, at time.Time, layout string) {
	if !at.IsZero() {
		h.Set(name, at.UTC().Format(layout))
	}
}

// tagging returns tags as S3 takes them: as a query.
func tagging(tags map[string]string) string {
	if len(tags) == 0 {
		return ""
	}
	var b []byte
	for i, key := range slices.Sorted(maps.Keys(tags)) {
		if i > 0 {
			b = append(b, '&')
		}
		b = append(wire.AppendEscaped(b, key, false), '=')
		b = wire.AppendEscaped(b, tags[key], false)
	}
	return string(b)
}

// checkHeaders refuses what the headers that S3 gives back cannot hold.
func checkHeaders(o *sender.Object) error {
	return errors.Join(
		checkValue("content_type", o.ContentType), checkValue("cache_control", o.CacheControl),
		checkValue("content_disposition", o.ContentDisposition), checkValue("content_encoding", o.ContentEncoding),
		checkValue("content_language", o.ContentLanguage),
	)
}

// encryptions are the ways of https://docs.aws.amazon.com/AmazonS3/latest/userguide/serv-side-encryption.html.
var encryptions = []string{"AES256", "aws:kms", "aws:kms:dsse"}

// keptByKMS reports whether an encryption is by a key of the key service. ETags are no MD5s then.
func keptByKMS(encryption string) bool { return strings.HasPrefix(encryption, "aws:kms") }

// checkEncryption refuses what S3 cannot do, and a second encryption beside that with the customer's key.
func (s *Store) checkEncryption(o *sender.Object) error {
	switch {
	case o.Encryption != "" && !slices.Contains(encryptions, o.Encryption):
		return fmt.Errorf("encryption: %q is none of %s", o.Encryption, strings.Join(encryptions, ", "))
	case o.Encryption != "" && s.customer != nil:
		return errors.New("encryption: the run has a key of its own for all objects, and S3 takes one of the two")
	case o.EncryptionKey != "" && !keptByKMS(o.Encryption):
		return errors.New("encryption_key: S3 takes one with the encryption aws:kms or aws:kms:dsse alone")
	}
	return checkValue("encryption_key", o.EncryptionKey)
}

// lockModes are those of https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html.
var lockModes = []string{"GOVERNANCE", "COMPLIANCE"}

// checkLock refuses half a lock, and one that is over. Whether the bucket has locks at all, S3 says when it is asked
// to set one.
func (s *Store) checkLock(o *sender.Object) error {
	switch {
	case o.LockMode != "" && !slices.Contains(lockModes, o.LockMode):
		return fmt.Errorf("lock_mode: %q is none of %s", o.LockMode, strings.Join(lockModes, ", "))
	case o.LockMode != "" && o.LockUntil.IsZero():
		return fmt.Errorf("lock_mode: %s needs lock_until", o.LockMode)
	case o.LockMode == "" && !o.LockUntil.IsZero():
		return fmt.Errorf("lock_until: it needs lock_mode, one of %s", strings.Join(lockModes, ", "))
	case !o.LockUntil.IsZero() && !o.LockUntil.After(s.clock.now()):
		return fmt.Errorf("lock_until: %s is over", o.LockUntil.UTC().Format(time.RFC3339))
	}
	return nil
}
