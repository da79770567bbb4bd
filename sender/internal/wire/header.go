package wire

import "strings"

// Header is a list of fields, in the order in which they are sent or came. A dozen of them are found faster than in a
// map, and take one piece of memory where a map and its values take a dozen.
//
// A name is given in the form of [net/textproto.CanonicalMIMEHeaderKey]; it is found in any.
type Header []Field

// Field is one line of a header.
type Field struct{ Name, Value string }

// Get returns the value of the first field of that name, or "".
func (h Header) Get(name string) string {
	for i := range h {
		if equalFold(h[i].Name, name) {
			return h[i].Value
		}
	}
	return ""
}

// Has reports whether there is a field of that name.
func (h Header) Has(name string) bool {
	for i := range h {
		if equalFold(h[i].Name, name) {
			return true
		}
	}
	return false
}

// Set gives the first field of that name a value, or appends one.
func (h *Header) Set(name, value string) {
	for i := range *h {
		if f := &(*h)[i]; equalFold(f.Name, name) {
			f.Value = value
			return
		}
	}
	*h = append(*h, Field{name, value})
}

// Behind returns what stands behind a prefix of a field's name, in lower case: stores write it as they like.
func (f Field) Behind(prefix string) (rest string, ok bool) {
	if len(f.Name) < len(prefix) || !equalFold(f.Name[:len(prefix)], prefix) {
		return "", false
	}
	return strings.ToLower(f.Name[len(prefix):]), true
}

// equalFold compares names of fields, which are ASCII.
func equalFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if a[i] != b[i] && lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
