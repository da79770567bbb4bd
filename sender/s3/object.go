package s3

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ingest-dev/ingest/sender"
)

// The bounds of https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html and its neighbours.
const (
	maxKey      = 1024    // bytes
	maxMetadata = 2 << 10 // bytes, names and values together
	maxTags     = 10
	maxTagKey   = 128 // characters
	maxTagValue = 256 // characters

	minPart  = 5 << 20
	maxPart  = 5 << 30
	maxParts = 10_000
	maxPut   = 5 << 30
)

// Limits returns those of Amazon; an object of 10,000 parts of 5 GiB has 48.8 TiB. Other stores may stop earlier,
// and then say so.
func (s *Store) Limits() sender.Limits {
	return sender.Limits{MinPart: minPart, MaxPart: maxPart, MaxParts: maxParts, MaxPut: maxPut, MaxObject: maxPart * maxParts}
}

// acls are the canned ACLs of objects.
var acls = []string{
	"private", "public-read", "public-read-write", "authenticated-read", "aws-exec-read", "bucket-owner-read",
	"bucket-owner-full-control",
}

// Check refuses what S3 refuses. Metadata is printable ASCII, as HTTP headers are: S3 would give other text back
// encoded, and not every store in the same way. Names of metadata come back in lower case.
func (s *Store) Check(o *sender.Object) error {
	if err := checkKey(o.Key); err != nil {
		return err
	}
	if o.Size > s.Limits().MaxObject {
		return fmt.Errorf("size: %d bytes are more than the %d of an object", o.Size, s.Limits().MaxObject)
	}
	return errors.Join(
		checkHeaders(o), checkMetadata(o.Metadata), checkTags(o.Tags),
		checkStorageClass(o.StorageClass), checkACL(o.ACL),
		s.checkEncryption(o), s.checkLock(o), checkCallback(o),
	)
}

func checkKey(key string) error {
	switch {
	case key == "":
		return errors.New("key: it is empty")
	case len(key) > maxKey:
		return fmt.Errorf("key: it has %d bytes, more than %d", len(key), maxKey)
	case !utf8.ValidString(key):
		return errors.New("key: it is not UTF-8")
	}
	return nil
}

func checkMetadata(m map[string]string) error {
	if len(m) == 0 {
		return nil // at no cost: nearly every row of a million
	}
	size := 0
	seen := make(map[string]string, len(m))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if !isToken(name) {
			return fmt.Errorf("metadata: %q is not a name of letters, digits and dots, dashes and underscores", name)
		}
		if other, ok := seen[strings.ToLower(name)]; ok {
			return fmt.Errorf("metadata: %q and %q are the same name to S3", other, name)
		}
		if err := checkValue("metadata "+name, m[name]); err != nil {
			return err
		}
		seen[strings.ToLower(name)] = name
		size += len(name) + len(m[name])
	}
	if size > maxMetadata {
		return fmt.Errorf("metadata: names and values have %d bytes, more than %d", size, maxMetadata)
	}
	return nil
}

func checkTags(tags map[string]string) error {
	if len(tags) == 0 {
		return nil
	}
	if len(tags) > maxTags {
		return fmt.Errorf("tags: %d are more than %d", len(tags), maxTags)
	}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		switch n, v := utf8.RuneCountInString(key), utf8.RuneCountInString(tags[key]); {
		case n == 0 || n > maxTagKey:
			return fmt.Errorf("tags: %q has %d characters; 1 to %d are allowed", key, n, maxTagKey)
		case v > maxTagValue:
			return fmt.Errorf("tags: the value of %q has %d characters, more than %d", key, v, maxTagValue)
		case !utf8.ValidString(key) || !utf8.ValidString(tags[key]):
			return fmt.Errorf("tags: %q is not UTF-8", key)
		}
	}
	return nil
}

// checkStorageClass takes any word: every store has classes of its own.
func checkStorageClass(class string) error {
	if class != "" && !isToken(class) {
		return fmt.Errorf("storage_class: %q is not a word", class)
	}
	return nil
}

func checkACL(acl string) error {
	if acl != "" && !slices.Contains(acls, acl) {
		return fmt.Errorf("acl: %q is none of %s", acl, strings.Join(acls, ", "))
	}
	return nil
}

// checkValue accepts what a header carries unchanged.
func checkValue(field, v string) error {
	for i := range len(v) {
		if v[i] < ' ' || v[i] > '~' {
			return fmt.Errorf("%s: %q holds more than printable ASCII: encode it", field, v)
		}
	}
	if strings.TrimSpace(v) != v {
		return fmt.Errorf("%s: %q starts or ends with a space, which would be lost", field, v)
	}
	return nil
}

func isToken(s string) bool {
	for _, r := range s {
		if !isAlphanumeric(r) && !strings.ContainsRune("-_.", r) {
			return false
		}
	}
	return s != ""
}
