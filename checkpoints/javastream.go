package checkpoints

import (
	"encoding/binary"
	"unicode/utf16"
)

// javaStream begins every stream of Java objects: its magic and its version.
var javaStream = []byte{0xac, 0xed, 0, 5}

// The type codes of the Java Object Serialization Specification, chapter 6, that a checkpoint needs.
const (
	tcNull       = 0x70
	tcReference  = 0x71
	tcClassDesc  = 0x72
	tcObject     = 0x73
	tcString     = 0x74
	tcBlockData  = 0x77
	tcEndOfBlock = 0x78

	firstHandle = 0x7e0000

	scWriteMethod  = 1
	scSerializable = 2
)

// javaKnown are the classes that are read, with their serialVersionUIDs. It is what the client's own reader allows.
var javaKnown = map[string]int64{
	"com.aliyun.oss.internal.OSSUploadOperation$UploadCheckPoint": 5424904565837227164,
	"com.aliyun.oss.internal.OSSUploadOperation$FileStat":         -1223810339796425415,
	"com.aliyun.oss.internal.OSSUploadOperation$UploadPart":       6692863980224332199,
	"com.aliyun.oss.model.PartETag":                               2471854027355307627,
	"java.util.ArrayList":                                         8683452581122892189,
	"java.lang.Long":                                              4290774380558885855,
	"java.lang.Number":                                            -8742448824652078965,
}

type javaClass struct {
	name   string
	flags  byte
	fields []javaField
	parent *javaClass
}

type javaField struct {
	kind byte // as in a class file: I, J, Z, L
	name string
}

// javaObject is an object with its fields: int32, int64, bool, string, *javaObject or nil. A list has its elements.
type javaObject struct {
	class  *javaClass
	fields map[string]any
	list   []any
}

// javaReader reads the part of the format that checkpoints have. What else there may be in a stream is an error, and
// so the reader makes nothing of it. Every value takes at least a byte of the stream, and neither values nor parents
// nest deeper than those of the classes that are known.
type javaReader struct {
	rest    []byte
	handles []any // everything that can be referred to, in the order of the stream
	depth   int
	err     error
}

const (
	javaDepth  = 8  // a checkpoint, its list, a part of it, its number, that one's class and its parent
	javaFields = 32 // of a class; a checkpoint has nine. Each costs an object far more memory than its byte in the stream
)

// fail keeps the first error, after which everything reads as zero.
func (r *javaReader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = damaged(format, args...)
	}
	r.rest = nil
}

func (r *javaReader) bytes(n int) []byte {
	if n > len(r.rest) {
		r.fail("it ends too early")
		return make([]byte, min(n, 8))
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *javaReader) byte() byte     { return r.bytes(1)[0] }
func (r *javaReader) uint16() uint16 { return binary.BigEndian.Uint16(r.bytes(2)) }
func (r *javaReader) int32() int32   { return int32(binary.BigEndian.Uint32(r.bytes(4))) }
func (r *javaReader) int64() int64   { return int64(binary.BigEndian.Uint64(r.bytes(8))) }

// utf reads a text in Java's own UTF-8, which writes each half of a surrogate pair by itself.
func (r *javaReader) utf() string {
	b := r.bytes(int(r.uint16()))
	if r.err != nil {
		return ""
	}
	var units []uint16
	for len(b) > 0 {
		unit, n := javaUnit(b)
		if n == 0 {
			r.fail("a text that is not Java's UTF-8")
			return ""
		}
		units = append(units, unit)
		b = b[n:]
	}
	return string(utf16.Decode(units))
}

// javaUnit is the first UTF-16 unit of b and how many bytes it takes; 0 if there is none.
func javaUnit(b []byte) (unit uint16, n int) {
	tail := func(i int) bool { return len(b) > i && b[i]&0xc0 == 0x80 }
	switch {
	case b[0] < 0x80:
		return uint16(b[0]), 1
	case b[0]&0xe0 == 0xc0 && tail(1):
		return uint16(b[0]&0x1f)<<6 | uint16(b[1]&0x3f), 2
	case b[0]&0xf0 == 0xe0 && tail(1) && tail(2):
		return uint16(b[0]&0x0f)<<12 | uint16(b[1]&0x3f)<<6 | uint16(b[2]&0x3f), 3
	}
	return 0, 0
}

// value reads what stands at the place of an object.
func (r *javaReader) value() any {
	r.depth++
	defer func() { r.depth-- }()
	if r.depth > javaDepth {
		r.fail("objects in objects")
		return nil
	}
	switch code := r.byte(); code {
	case tcNull:
		return nil
	case tcReference:
		return r.reference()
	case tcString:
		s := r.utf()
		r.handles = append(r.handles, s)
		return s
	case tcObject:
		return r.object()
	default:
		r.fail("type code %#x", code)
		return nil
	}
}

func (r *javaReader) reference() any {
	i := int64(r.int32()) - firstHandle
	if i < 0 || i >= int64(len(r.handles)) {
		r.fail("a reference to nothing")
		return nil
	}
	return r.handles[i]
}

func (r *javaReader) object() any {
	class := r.class(0)
	if class == nil {
		r.fail("an object without a class")
		return nil
	}
	o := &javaObject{class: class, fields: map[string]any{}}
	r.handles = append(r.handles, o)
	r.fields(o, class)
	return o
}

// fields reads those of the parents first, and behind its own what a class has written of its own accord.
func (r *javaReader) fields(o *javaObject, class *javaClass) {
	if class == nil || r.err != nil {
		return
	}
	r.fields(o, class.parent)
	for _, f := range class.fields {
		o.fields[f.name] = r.field(f.kind)
	}
	if class.flags&scWriteMethod != 0 {
		r.elements(o)
	}
}

func (r *javaReader) field(kind byte) any {
	switch kind {
	case 'I':
		return r.int32()
	case 'J':
		return r.int64()
	case 'Z':
		return r.byte() != 0
	}
	return r.value()
}

// elements reads what ArrayList writes: its capacity, and as many elements as its size says.
func (r *javaReader) elements(o *javaObject) {
	size, _ := o.fields["size"].(int32)
	if o.class.name != "java.util.ArrayList" || r.byte() != tcBlockData || r.byte() != 4 {
		r.fail("a list that is none")
		return
	}
	r.int32()
	if size < 0 || size > maxParts {
		r.fail("a list of %d", size)
	}
	for i := int32(0); i < size && r.err == nil; i++ {
		o.list = append(o.list, r.value())
	}
	if r.byte() != tcEndOfBlock {
		r.fail("a list that is longer than it says")
	}
}

// class reads a class's description, or finds the one that is referred to. The parent of the last one is nil.
func (r *javaReader) class(above int) *javaClass {
	switch code := r.byte(); {
	case code == tcNull:
		return nil
	case code == tcReference:
		class, ok := r.reference().(*javaClass)
		if !ok {
			r.fail("a reference that is not to a class")
		}
		return class
	case code == tcClassDesc && above < javaDepth:
		return r.newClass(above)
	default:
		r.fail("type code %#x for a class", code)
		return nil
	}
}

func (r *javaReader) newClass(above int) *javaClass {
	class := &javaClass{name: r.utf()}
	if uid, known := javaKnown[class.name]; r.int64() != uid || !known {
		r.fail("class %.80q", class.name)
		return nil
	}
	r.handles = append(r.handles, class)
	if class.flags = r.byte(); class.flags&scSerializable == 0 {
		r.fail("flags %#x of a class", class.flags)
	}
	r.newFields(class)
	if r.byte() != tcEndOfBlock {
		r.fail("annotations of a class")
	}
	if class.parent = r.class(above + 1); !class.ends() {
		r.fail("a class whose parents do not end")
	}
	return class
}

// ends reports whether a class has no more parents than those that are known. A reference can make it its own.
func (c *javaClass) ends() bool {
	for range javaDepth {
		if c = c.parent; c == nil {
			return true
		}
	}
	return false
}

func (r *javaReader) newFields(class *javaClass) {
	n := r.uint16()
	if n > javaFields {
		r.fail("a class of %d fields", n)
	}
	for ; n > 0 && r.err == nil; n-- {
		class.fields = append(class.fields, r.newField())
	}
}

func (r *javaReader) newField() javaField {
	f := javaField{kind: r.byte(), name: r.utf()}
	switch f.kind {
	case 'I', 'J', 'Z':
	case 'L':
		r.value() // the name of its class
	default:
		r.fail("type %q of a field", f.kind)
	}
	return f
}
