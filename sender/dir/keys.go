package dir

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// staging is the folder below the root where things lie before they are whole.
const staging = ".ingest"

// maxSegment is the longest name that file systems take, in bytes; maxKey the longest path, with some left for the
// root's own.
const (
	maxSegment = 255
	maxKey     = 3072
)

// checkKey returns why a key cannot be the path of an object.
func checkKey(key string) error {
	switch {
	case key == "":
		return errors.New("key: is empty")
	case len(key) > maxKey:
		return fmt.Errorf("key: has %d bytes, more than %d", len(key), maxKey)
	case !utf8.ValidString(key):
		return fmt.Errorf("key: %q is not UTF-8", key)
	case strings.HasPrefix(key, "/"):
		return fmt.Errorf("key: %q is absolute", key)
	case strings.HasSuffix(key, "/"):
		return fmt.Errorf("key: %q is a folder, not a file", key)
	}
	first, _, _ := strings.Cut(key, "/")
	if strings.EqualFold(first, staging) {
		return fmt.Errorf("key: %q is in the store's own folder %s", key, staging)
	}
	for segment := range strings.SplitSeq(key, "/") {
		if err := checkSegment(segment); err != nil {
			return fmt.Errorf("key: %q %w", key, err)
		}
	}
	return nil
}

func checkSegment(name string) error {
	switch {
	case name == "":
		return errors.New("has an empty segment")
	case name == "." || name == "..":
		return fmt.Errorf("has a segment %q", name)
	case strings.ContainsRune(name, 0):
		return errors.New("has a zero byte")
	case len(name) > maxSegment:
		return fmt.Errorf("has a segment of %d bytes, more than %d", len(name), maxSegment)
	}
	return checkName(name)
}
