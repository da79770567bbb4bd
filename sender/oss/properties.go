package oss

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/internal/wire"
)

const (
	metadataPrefix   = "X-Oss-Meta-"
	headerACL        = "X-Oss-Object-Acl"
	headerEncryption = "X-Oss-Server-Side-Encryption"
	headerPayer      = "X-Oss-Request-Payer"
	headerLimit      = "X-Oss-Traffic-Limit"
)

// properties sets the headers of what goes with an object, on PutObject and InitiateMultipartUpload. The ACL is left
// out: it belongs to Put and to Complete.
// https://www.alibabacloud.com/help/en/oss/developer-reference/putobject
// https://www.alibabacloud.com/help/en/oss/developer-reference/initiatemultipartupload
func properties(h *wire.Header, o *sender.Object) {
	set(h, "Content-Type", o.ContentType)
	set(h, "Cache-Control", o.CacheControl)
	set(h, "Content-Disposition", o.ContentDisposition)
	set(h, "Content-Encoding", o.ContentEncoding)
	set(h, "Content-Language", o.ContentLanguage)
	setTime(h, "Expires", o.Expires)
	set(h, headerEncryption, o.Encryption)
	set(h, headerEncryption+"-Key-Id", o.EncryptionKey)
	set(h, "X-Oss-Storage-Class", o.StorageClass)
	set(h, "X-Oss-Tagging", tagging(o.Tags))
	for name, value := range o.Metadata {
		h.Set(metadataPrefix+name, value)
	}
}

func set(h *wire.Header, name, value string) {
	if value != "" {
		h.Set(name, value)
	}
}

func setTime(h *wire.Header, name string, at time.Time) {
	if !at.IsZero() {
		h.Set(name, at.UTC().Format(http.TimeFormat))
	}
}

// tagging writes tags as the header wants them: as a query.
func tagging(tags map[string]string) string {
	if len(tags) == 0 {
		return ""
	}
	pairs := make([]string, 0, 2*len(tags))
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		pairs = append(pairs, k, tags[k])
	}
	return query(pairs...)
}

// The ways of https://www.alibabacloud.com/help/en/oss/user-guide/server-side-encryption-5. Only of KMS is there more
// than one key.
var encryptions = []string{"AES256", encryptionKMS, "SM4"}

const encryptionKMS = "KMS"

// checkHeaders refuses what the headers that OSS gives back cannot hold.
func checkHeaders(o *sender.Object) error {
	for _, h := range [...]struct{ field, value string }{
		{"content_type", o.ContentType}, {"cache_control", o.CacheControl}, {"content_disposition", o.ContentDisposition},
		{"content_encoding", o.ContentEncoding}, {"content_language", o.ContentLanguage},
	} {
		if err := checkText(h.value); err != nil {
			return fmt.Errorf("%s: %w", h.field, err)
		}
	}
	return nil
}

func checkEncryption(o *sender.Object) error {
	if err := oneOf(o.Encryption, encryptions); err != nil {
		return fmt.Errorf("encryption: %w", err)
	}
	if o.EncryptionKey != "" && o.Encryption != encryptionKMS {
		return errors.New("encryption_key: OSS takes one with the encryption KMS alone")
	}
	if err := checkText(o.EncryptionKey); err != nil {
		return fmt.Errorf("encryption_key: %w", err)
	}
	return nil
}

var errNoLock = errors.New("OSS locks whole buckets, by a retention policy, and no single objects")

// checkLock refuses any lock.
func checkLock(o *sender.Object) error {
	switch {
	case o.LockMode != "":
		return fmt.Errorf("lock_mode: %w", errNoLock)
	case !o.LockUntil.IsZero():
		return fmt.Errorf("lock_until: %w", errNoLock)
	case o.LegalHold:
		return fmt.Errorf("legal_hold: %w", errNoLock)
	}
	return nil
}
