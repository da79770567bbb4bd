package checkpoints

import (
	"encoding/binary"
	"errors"
	"runtime"
	"strings"
	"testing"
)

// longClass is the description of a class without fields, up to its parent.
const longClass = "r\x00\x0ejava.lang.Long\x3b\x8b\xe4\x90\xcc\x8f\x23\xdf\x02\x00\x00x"

// javaHandle refers to the n-th thing of a stream.
func javaHandle(n int) string {
	return "q" + string(binary.BigEndian.AppendUint32(nil, uint32(firstHandle+n)))
}

// A class that is its own parent has fields without an end, and a stack has one.
func TestClassWhoseParentsDoNotEndIsRefused(t *testing.T) {
	var tower strings.Builder // each class is the parent of the next
	for n := range 100 {
		parent := "p"
		if n > 0 {
			parent = javaHandle(2 * n) // behind the list and its class
		}
		tower.WriteString("s" + longClass + parent)
	}
	for name, stream := range map[string]string{
		"itself":            "s" + longClass + javaHandle(0),
		"two of each other": "s" + withField(longClass, "s"+longClass+javaHandle(0)) + javaHandle(1),
		"a hundred":         list(100, tower.String()),
	} {
		if cp, err := Parse([]byte(string(javaStream) + stream)); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "parents") {
			t.Errorf("%s: %+v, %v", name, cp, err)
		}
	}
}

// withField gives a class one field, whose type's name is read from value.
func withField(class, value string) string {
	return strings.TrimSuffix(class, "\x00\x00x") + "\x00\x01L\x00\x01a" + value + "x"
}

// list is a java.util.ArrayList of so many values.
func list(n int, values string) string {
	size := string(binary.BigEndian.AppendUint32(nil, uint32(n)))
	return "sr\x00\x13java.util.ArrayList\x78\x81\xd2\x1d\x99\xc7\x61\x9d\x03\x00\x01I\x00\x04sizexp" + size + "w\x04" + size + values + "x"
}

// Each field costs an object a place in a map, and may take a single byte of the stream.
func TestClassOfManyFieldsIsRefused(t *testing.T) {
	stream := string(javaStream) + "s" + strings.TrimSuffix(longClass, "\x00\x00x") + "\x00\x21" + strings.Repeat("Z\x00\x01a", 33) + "xp"
	if cp, err := Parse([]byte(stream)); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "33 fields") {
		t.Errorf("%+v, %v", cp, err)
	}
}

// A file that is no checkpoint may be anything, such as a mountain of what separates fields.
func TestForeignTextTakesLittleMemory(t *testing.T) {
	const size = 1 << 20
	for name, text := range map[string]string{
		"fields":          strings.Repeat(":", size),
		"fields of parts": "id:a:b:1_2" + strings.Repeat("_", size),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Parse([]byte(text))
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; !errors.Is(err, ErrUnknown) || took > 4*size {
			t.Errorf("%s: %d bytes for %d, %v", name, took, size, err)
		}
	}
}
