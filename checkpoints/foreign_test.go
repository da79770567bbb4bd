package checkpoints

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"runtime"
	"slices"
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

// Values within values are read one inside the other: without a bound a megabyte of them takes the whole stack.
func TestObjectsInObjectsHaveABound(t *testing.T) {
	nested := func(n int) []byte {
		class := withField(longClass, "t\x00\x01b") + "p"
		return []byte(string(javaStream) + "s" + class + strings.Repeat("s"+javaHandle(0), n-1) + "p")
	}
	for n, deep := range map[int]bool{javaDepth - 1: false, javaDepth: true, 1 << 20: true} {
		if _, err := Parse(nested(n)); !errors.Is(err, ErrUnknown) != deep || deep && !strings.Contains(err.Error(), "objects in objects") {
			t.Errorf("%d: %v", n, err)
		}
	}
}

func TestParentsDescribedInParentsHaveABound(t *testing.T) {
	stream := string(javaStream) + "s" + strings.Repeat(longClass, javaDepth+2) + "p"
	if _, err := Parse([]byte(stream)); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "type code 0x72") {
		t.Error(err)
	}
}

// A sound checkpoint may be followed by blanks, but not by a disk of them.
func TestCheckpointLargerThanAnyIsRefused(t *testing.T) {
	sound := textV1(nil)
	for _, n := range []int{MaxSize, MaxSize + 1} {
		text := append(slices.Clone(sound), bytes.Repeat([]byte(" "), n-len(sound))...)
		if _, err := Parse(text); errors.Is(err, ErrUnknown) != (n > MaxSize) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

// It becomes part of a URL.
func TestBucketIsNoPath(t *testing.T) {
	text := strings.Replace(string(file(t, "cpp.record")), `"trial"`, `"tri/al"`, 1)
	at := md5Line.FindStringSubmatchIndex(text)
	sum := md5.Sum([]byte(text[:at[0]] + text[at[1]:]))
	text = text[:at[2]] + strings.ToUpper(hex.EncodeToString(sum[:])) + text[at[3]:]
	if cp, err := Parse([]byte(text)); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "tri/al") {
		t.Errorf("%+v, %v", cp, err)
	}
}
