package manifests

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The bounds that hold whatever the store is. A store's own rules may be tighter: [Check].Row asks them.
const (
	maxSource      = 32 << 10 // bytes; the longest path that a supported system opens (Windows, long form)
	maxKey         = 4 << 10  // bytes, prefix included; the object stores take 1,023 and 1,024, a directory PATH_MAX
	maxContentType = 255      // bytes
	maxMetadata    = 8 << 10  // bytes of all names and values; OSS: 8 KiB, S3: 2 KiB
	maxTags        = 10       // OSS and S3 alike
	maxTagName     = 128      // characters, OSS and S3 alike
	maxTagValue    = 256      // characters, OSS and S3 alike
	maxWord        = 64       // bytes of a store's own word, such as a storage class
)

// checksumDigits is how many hex digits a value of each algorithm has. The names are those of package hasher,
// which this package does not know.
var checksumDigits = map[string]int{
	"xxh3": 16, "crc64ecma": 16, "crc64nvme": 16, "crc32c": 8, "md5": 32, "sha256": 64,
}

// check holds the row's fields against the rules that are the same for every store.
func (e *entry) check() {
	e.checkSource()
	e.checkKey()
	if e.row.Checksum != "" {
		e.checkChecksum()
	}
	if e.row.ContentType != "" {
		e.checkHeader(fieldContentType, e.row.ContentType, maxContentType)
	}
	if e.weight > maxMetadata {
		e.fault(e.column[fieldMetadata], "metadata holds %d bytes of names and values; at most %d", e.weight, maxMetadata)
	}
	if len(e.row.Tags) > maxTags {
		e.fault(e.column[fieldTags], "more than %d tags", maxTags)
	}
	e.checkWord(fieldStorageClass, e.row.StorageClass)
	e.checkWord(fieldACL, e.row.ACL)
	if e.rare {
		e.checkRare()
	}
}

func (e *entry) checkSource() {
	switch s := e.row.Source; {
	case s == "":
		// A source of a wrong type has been told already.
		if e.column[fieldSource] == 0 {
			e.fault(0, "source is missing")
		}
	case len(s) > maxSource:
		e.fault(e.column[fieldSource], "source is %d bytes long; at most %d", len(s), maxSource)
	case strings.IndexByte(s, 0) >= 0:
		e.fault(e.column[fieldSource], "source holds a NUL character")
	case s[len(s)-1] == '/':
		e.fault(e.column[fieldSource], "source %s ends with a slash: a row names a file", clip(s))
	}
}

// checkKey checks the final key, which is empty only if a fault says why.
func (e *entry) checkKey() {
	at := cmp.Or(e.column[fieldKey], e.column[fieldSource])
	switch k := e.row.Key; {
	case len(k) > maxKey:
		e.fault(at, "the key is %d bytes long with its prefix; at most %d", len(k), maxKey)
	case strings.IndexByte(k, 0) >= 0:
		e.fault(at, "the key holds a NUL character")
	case !utf8.ValidString(k):
		e.fault(at, "the key %s is not UTF-8", clip(k))
	}
}

// checkChecksum also brings the checksum to lower case.
func (e *entry) checkChecksum() {
	name, digits, _ := strings.Cut(strings.ToLower(e.row.Checksum), ":")
	want, known := checksumDigits[name]
	switch at := e.column[fieldChecksum]; {
	case !known:
		e.fault(at, "checksum %s: want xxh3, crc64ecma, crc64nvme, crc32c, md5 or sha256, a colon, hex digits",
			clip(e.row.Checksum))
	case len(digits) != want || strings.Trim(digits, "0123456789abcdef") != "":
		e.fault(at, "checksum %s: %s has %d hex digits", clip(e.row.Checksum), name, want)
	}
	e.row.Checksum = strings.ToLower(e.row.Checksum)
}

// checkMetadata refuses what could not travel as one HTTP header, unchanged.
func (e *entry) checkMetadata(column int64, name, value string) {
	if !isToken(name) {
		e.fault(column, "metadata name %s: want letters, digits and !#$%%&'*+-.^_`|~", clip(name))
	}
	for other := range e.row.Metadata {
		if strings.EqualFold(other, name) {
			e.fault(column, "metadata names %s and %s differ in case only: they are one header", clip(other), clip(name))
		}
	}
	switch {
	case strings.ContainsFunc(value, unicode.IsControl):
		e.fault(column, "metadata %s: the value %s holds a control character", clip(name), clip(value))
	case padded(value):
		e.fault(column, "metadata %s: the value %s begins or ends with a blank", clip(name), clip(value))
	}
}

func (e *entry) checkTag(column int64, name, value string) {
	switch {
	case name == "":
		e.fault(column, "a tag without a name")
	case utf8.RuneCountInString(name) > maxTagName:
		e.fault(column, "tag %s: the name is longer than %d characters", clip(name), maxTagName)
	case utf8.RuneCountInString(value) > maxTagValue:
		e.fault(column, "tag %s: the value is longer than %d characters", clip(name), maxTagValue)
	case strings.ContainsFunc(name+value, unicode.IsControl):
		e.fault(column, "tag %s: the value %s holds a control character", clip(name), clip(value))
	}
}

// checkWord checks a store's own word, such as a storage class, which travels in a header.
func (e *entry) checkWord(f field, word string) {
	if word != "" && (len(word) > maxWord || strings.Trim(word, wordCharacters) != "") {
		e.fault(e.column[f], "%s %s: want at most %d letters, digits, - and _", f, clip(word), maxWord)
	}
}

const wordCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

// isToken reports whether s is a token of RFC 9110, section 5.6.2: what a header's name consists of.
func isToken(s string) bool {
	return s != "" && strings.Trim(s, wordCharacters+"!#$%&'*+.^`|~") == ""
}

func padded(s string) bool { return s != strings.Trim(s, " ") }
