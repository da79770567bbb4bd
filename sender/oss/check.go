package oss

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ingest-dev/ingest/sender"
)

// The limits of an object's properties.
const (
	maxKey      = 1023    // bytes
	maxMetadata = 8 << 10 // bytes, names and values together
	maxTags     = 10
	maxTagKey   = 128 // characters
	maxTagValue = 256 // characters
)

var (
	storageClasses = []string{"Standard", "IA", "Archive", "ColdArchive", "DeepColdArchive"}
	acls           = []string{"default", "private", "public-read", "public-read-write"}
)

// Check returns why OSS would refuse an object, or nil.
func (s *Store) Check(o *sender.Object) error {
	if err := checkKey(o.Key); err != nil {
		return err
	}
	if o.Size > maxObject {
		return fmt.Errorf("size: %d bytes are more than the 48.8 TiB that OSS takes", o.Size)
	}
	if err := checkHeaders(o); err != nil {
		return err
	}
	if err := checkMetadata(o.Metadata); err != nil {
		return fmt.Errorf("metadata: %w", err)
	}
	if err := checkTags(o.Tags); err != nil {
		return fmt.Errorf("tags: %w", err)
	}
	if err := oneOf(o.StorageClass, storageClasses); err != nil {
		return fmt.Errorf("storage_class: %w", err)
	}
	if err := oneOf(o.ACL, acls); err != nil {
		return fmt.Errorf("acl: %w", err)
	}
	return cmp.Or(checkEncryption(o), checkLock(o), checkCallback(o))
}

// checkKey holds a key against https://www.alibabacloud.com/help/en/oss/user-guide/object-naming-conventions. Most
// control characters can be sent, as they are escaped everywhere; NUL cannot be listed again.
func checkKey(key string) error {
	switch {
	case key == "":
		return errors.New("key: it is empty")
	case len(key) > maxKey:
		return fmt.Errorf("key: %d bytes are more than the %d that OSS takes", len(key), maxKey)
	case !utf8.ValidString(key):
		return errors.New("key: it is not UTF-8")
	case key[0] == '/' || key[0] == '\\':
		return fmt.Errorf("key: it starts with %q, which OSS refuses", key[0])
	case strings.IndexByte(key, 0) >= 0:
		return errors.New("key: it holds a NUL")
	case key == "." || key == "..":
		return errors.New("key: it is a step in a path, which proxies take away")
	}
	return nil
}

// checkMetadata holds names against https://help.aliyun.com/en/oss/user-guide/0011-00000004. OSS turns them into
// lower case, so that two which differ in case alone would be one.
func checkMetadata(m map[string]string) error {
	total := 0
	seen := make(map[string]bool, len(m))
	for name, value := range m {
		if !isMetadataName(name) {
			return fmt.Errorf("name %q: OSS takes letters, digits and hyphens", name)
		}
		if err := checkText(value); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		folded := strings.ToLower(name)
		if seen[folded] {
			return fmt.Errorf("name %q: it is there twice, in another case", name)
		}
		seen[folded] = true
		total += len(name) + len(value)
	}
	if total > maxMetadata {
		return fmt.Errorf("%d bytes are more than the %d that OSS takes", total, maxMetadata)
	}
	return nil
}

func isMetadataName(s string) bool {
	for i := range len(s) {
		if !isName(lower(s[i])) {
			return false
		}
	}
	return s != ""
}

// checkText refuses what a header cannot hold, or would change.
func checkText(s string) error {
	switch {
	case !utf8.ValidString(s):
		return errors.New("it is not UTF-8")
	case strings.IndexFunc(s, unicode.IsControl) >= 0:
		return errors.New("it holds a control character")
	case strings.TrimSpace(s) != s:
		return errors.New("it starts or ends with white space, which would be lost")
	}
	return nil
}

// checkTags holds tags against https://www.alibabacloud.com/help/en/oss/support/0010-00000216.
func checkTags(tags map[string]string) error {
	if len(tags) > maxTags {
		return fmt.Errorf("%d are more than the %d that OSS takes", len(tags), maxTags)
	}
	for k, v := range tags {
		if k == "" || utf8.RuneCountInString(k) > maxTagKey || !isTag(k) {
			return fmt.Errorf("name %q: OSS takes 1 to %d letters, digits, blanks and + - = . _ : /", k, maxTagKey)
		}
		if utf8.RuneCountInString(v) > maxTagValue || !isTag(v) {
			return fmt.Errorf("value of %q: OSS takes up to %d letters, digits, blanks and + - = . _ : /", k, maxTagValue)
		}
	}
	return nil
}

func isTag(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" +-=._:/", r)
	}) < 0
}

func oneOf(s string, known []string) error {
	if s == "" || slices.Contains(known, s) {
		return nil
	}
	return fmt.Errorf("%q is none of %s", s, strings.Join(known, ", "))
}
