package checkpoints

import (
	"cmp"
	"slices"
	"time"
	"unicode/utf16"
)

// parseJava reads the checkpoint of aliyun-oss-java-sdk (OSSUploadOperation.java). It does not name the bucket.
func parseJava(b []byte) (*Checkpoint, error) {
	r := &javaReader{rest: b[len(javaStream):]}
	cp, _ := r.value().(*javaObject)
	if r.err != nil {
		return nil, r.err
	}
	if !cp.is("com.aliyun.oss.internal.OSSUploadOperation$UploadCheckPoint") || cp.text("magic") != magicUpload {
		return nil, ErrUnknown
	}
	if int32(cp.int("md5")) != cp.hash() {
		return nil, damaged("its hash code is another")
	}
	return cp.checkpoint()
}

func (o *javaObject) checkpoint() (*Checkpoint, error) {
	var all []Part
	etags := map[int64]string{}
	for _, e := range o.object("partETags").elements() {
		etags[e.int("partNumber")] = quoteless(e.text("eTag"))
	}
	var done []Part
	for _, e := range o.object("uploadParts").elements() {
		p := Part{Number: int(e.int("number")), Offset: e.int("offset"), Size: e.int("size"), ETag: etags[e.int("number")]}
		all = append(all, p)
		if completed, _ := e.field("isCompleted").(bool); completed {
			done = append(done, p)
		}
	}
	slices.SortFunc(done, func(a, b Part) int { return cmp.Compare(a.Number, b.Number) })
	size, err := evenly(all)
	if err != nil {
		return nil, err
	}
	stat := o.object("uploadFileStat")
	return &Checkpoint{
		Tool: Java, Key: o.text("key"), UploadID: o.text("uploadID"), Source: o.text("uploadFile"),
		Size: stat.int("size"), Modified: time.UnixMilli(stat.int("lastModified")), PartSize: size, Parts: done,
	}, nil
}

// is reports whether o is there and of a class.
func (o *javaObject) is(class string) bool { return o != nil && o.class.name == class }

func (o *javaObject) field(name string) any {
	if o == nil {
		return nil
	}
	return o.fields[name]
}

func (o *javaObject) text(name string) string {
	s, _ := o.field(name).(string)
	return s
}

// int is a field that is a number, or 0.
func (o *javaObject) int(name string) int64 {
	switch v := o.field(name).(type) {
	case int32:
		return int64(v)
	case int64:
		return v
	}
	return 0
}

func (o *javaObject) object(name string) *javaObject {
	v, _ := o.field(name).(*javaObject)
	return v
}

// elements are those of a list that are objects.
func (o *javaObject) elements() (objects []*javaObject) {
	if !o.is("java.util.ArrayList") {
		return nil
	}
	for _, v := range o.list {
		if e, ok := v.(*javaObject); ok {
			objects = append(objects, e)
		}
	}
	return objects
}

// hash is the checkpoint's hashCode(), which the client keeps in the field md5.
func (o *javaObject) hash() int32 {
	var parts, etags int32 = 1, 1
	for _, p := range o.object("uploadParts").elements() {
		completed, _ := p.field("isCompleted").(bool)
		truth := int32(1237)
		if completed {
			truth = 1231
		}
		parts = javaHash(parts, javaHash(1, truth, int32(p.int("number")), folded(p.int("offset")), folded(p.int("size")), folded(p.int("crc"))))
	}
	for _, p := range o.object("partETags").elements() {
		etags = javaHash(etags, javaHash(1, p.textHash("eTag"), int32(p.int("partNumber"))))
	}
	stat := o.object("uploadFileStat")
	return javaHash(1, o.textHash("key"), o.textHash("magic"), etags, o.textHash("uploadFile"),
		javaHash(1, stat.textHash("digest"), folded(stat.int("lastModified")), folded(stat.int("size"))),
		o.textHash("uploadID"), parts, int32(o.int("originPartSize")))
}

// javaHash adds to a hash as nearly every hashCode() does.
func javaHash(h int32, with ...int32) int32 {
	for _, n := range with {
		h = 31*h + n
	}
	return h
}

// folded is the hashCode() of a long.
func folded(n int64) int32 { return int32(uint32(uint64(n) ^ uint64(n)>>32)) }

// textHash is the hashCode() of a field that is a String, or 0 for null.
func (o *javaObject) textHash(name string) int32 {
	s, ok := o.field(name).(string)
	if !ok {
		return 0
	}
	h := int32(0)
	for _, unit := range utf16.Encode([]rune(s)) {
		h = javaHash(h, int32(unit))
	}
	return h
}
