package adopt

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf16"

	ossv1 "github.com/aliyun/aliyun-oss-go-sdk/oss"
)

func (s *stand) upload(id string) ossv1.InitiateMultipartUploadResult {
	return ossv1.InitiateMultipartUploadResult{Bucket: bucket, Key: key, UploadID: id}
}

// begun begins an upload and sends parts of data, as any client does it. It returns the id.
func (s *stand) begun(data []byte, numbers ...int) string {
	s.Helper()
	u, err := s.bucket().InitiateMultipartUpload(key)
	if err != nil {
		s.Fatal(err)
	}
	for _, n := range numbers {
		part := data[(n-1)*partSize : min(n*partSize, len(data))]
		if _, err := s.bucket().UploadPart(u, bytes.NewReader(part), int64(len(part)), n); err != nil {
			s.Fatal(err)
		}
	}
	return u.UploadID
}

// part is one that the file was split into.
type part struct {
	number, off, size int
	sent              bool
	etag              string
}

// began begins an upload, sends its first three parts, and tells in which parts the file is.
func (s *stand) began() (id string, all []part) {
	s.Helper()
	data := s.data()
	for n := 1; n <= parts; n++ {
		p := part{number: n, off: (n - 1) * partSize, sent: n <= 3}
		p.size = min(partSize, len(data)-p.off)
		if p.sent {
			p.etag = hexMD5(data[p.off : p.off+p.size])
		}
		all = append(all, p)
	}
	id = s.begun(data, 1, 2, 3)
	s.taken()
	return id, all
}

func hexMD5(b []byte) string {
	sum := md5.Sum(b)
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

func (s *stand) leave(name string, text []byte) string {
	s.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		s.Fatal(err)
	}
	return path
}

// asCPP writes the record of aliyun-oss-cpp-sdk: JSON as jsoncpp writes it, with the MD5 of itself without it.
func asCPP(s *stand) left {
	s.Helper()
	id, _ := s.began()
	quoted := func(text string) string {
		b, err := json.Marshal(text)
		if err != nil {
			s.Fatal(err)
		}
		return string(b)
	}
	record := func(md5Line string) []byte {
		return fmt.Appendf(nil, "{\n\t\"bucket\" : %s,\n\t\"filePath\" : %s,\n\t\"key\" : %s,%s\n\t\"mtime\" : %s,\n\t\"opType\" : \"ResumableUpload\","+
			"\n\t\"partSize\" : %d,\n\t\"size\" : %d,\n\t\"uploadID\" : %s\n}",
			quoted(bucket), quoted(s.file), quoted(key), md5Line, quoted(time.Now().UTC().Format(http.TimeFormat)), partSize, len(s.data()), quoted(id))
	}
	name := hexMD5([]byte(s.file)) + "--" + hexMD5([]byte("oss://"+bucket+"/"+key))
	return left{checkpoint: s.leave(name, record("\n\t\"md5Sum\" : \""+hexMD5(record(""))+"\","))}
}

// asCSharp writes the text of aliyun-oss-csharp-sdk. It says nothing of the file, the bucket and the key.
func asCSharp(s *stand) left {
	s.Helper()
	id, all := s.began()
	var list []string
	for _, p := range all {
		text := fmt.Sprintf("%d_%d_%d_False___0", p.number, p.off, p.size)
		if p.sent {
			text = fmt.Sprintf("%d_%d_%d_True_%d_%s_1", p.number, p.off, p.size, p.number, p.etag)
		}
		list = append(list, text)
	}
	path := s.leave(hexMD5([]byte(bucket))+"_"+hexMD5([]byte(key)), []byte(id+":fakeMD5::"+strings.Join(list, ",")))
	return left{path, []string{"--file", s.file, "--to", "oss://" + bucket + "/" + key}}
}

// asJava writes the object stream of aliyun-oss-java-sdk, field by field, with its hash code.
func asJava(s *stand) left {
	s.Helper()
	id, all := s.began()
	const magic = "FE8BB4EA-B593-4FAC-AD7A-2459A36E2E62"
	j := &javaWriter{}
	etagHash, partHash := int32(1), int32(1)
	etags, ranges := 0, &javaWriter{}
	sent := &javaWriter{}
	for _, p := range all {
		truth := int32(1237)
		if p.sent {
			truth = 1231
			etags++
			etagHash = hashes(etagHash, hashes(1, hashOf(p.etag), int32(p.number)))
			sent.object("com.aliyun.oss.model.PartETag", 2471854027355307627, "IpartNumber", "JpartSize", "LeTag=Ljava/lang/String;").
				put(int32(p.number), int64(p.size)).text(p.etag)
		}
		partHash = hashes(partHash, hashes(1, truth, int32(p.number), int32(p.off), int32(p.size), 0))
		ranges.object("com.aliyun.oss.internal.OSSUploadOperation$UploadPart", 6692863980224332199,
			"Jcrc", "ZisCompleted", "Inumber", "Joffset", "Jsize").put(int64(0), p.sent, int32(p.number), int64(p.off), int64(p.size))
	}
	size := len(s.data())
	hash := hashes(1, hashOf(key), hashOf(magic), etagHash, hashOf(s.file), hashes(1, 0, 0, int32(size)), hashOf(id), partHash, partSize)
	const list, text = "Ljava/util/ArrayList;", "Ljava/lang/String;"
	j.WriteString("\xac\xed\x00\x05")
	j.object("com.aliyun.oss.internal.OSSUploadOperation$UploadCheckPoint", 5424904565837227164, "Imd5", "JoriginPartSize", "Lkey="+text,
		"Lmagic="+text, "LpartETags="+list, "LuploadFile="+text, "LuploadFileStat=Lcom/aliyun/oss/internal/OSSUploadOperation$FileStat;",
		"LuploadID="+text, "LuploadParts="+list)
	j.put(hash, int64(partSize)).text(key).text(magic).list(etags, sent).text(s.file)
	j.object("com.aliyun.oss.internal.OSSUploadOperation$FileStat", -1223810339796425415, "JlastModified", "Jsize", "Ldigest="+text).
		put(int64(0), int64(size)).WriteByte('p')
	j.text(id).list(len(all), ranges)
	return left{s.leave("large file.bin.ucp", j.Bytes()), []string{"--to", "oss://" + bucket}}
}

// javaWriter writes Java objects without ever referring back, which the format allows.
type javaWriter struct{ bytes.Buffer }

func (j *javaWriter) put(values ...any) *javaWriter {
	for _, v := range values {
		_ = binary.Write(j, binary.BigEndian, v) // into memory
	}
	return j
}

func (j *javaWriter) utf(text string) *javaWriter {
	j.put(uint16(len(text))).WriteString(text)
	return j
}

func (j *javaWriter) text(text string) *javaWriter {
	j.WriteByte('t')
	return j.utf(text)
}

// object writes the head of an object: its class, whose fields are a letter and a name, with a class behind "=" if they
// are objects. What they hold follows.
func (j *javaWriter) object(class string, uid int64, fields ...string) *javaWriter {
	return j.head(class, uid, 2, fields...)
}

func (j *javaWriter) head(class string, uid int64, flags byte, fields ...string) *javaWriter {
	j.WriteString("sr")
	j.utf(class).put(uid, flags, uint16(len(fields)))
	for _, f := range fields {
		name, of, _ := strings.Cut(f[1:], "=")
		j.WriteByte(f[0])
		j.utf(name)
		if of != "" {
			j.text(of)
		}
	}
	j.WriteString("xp")
	return j
}

func (j *javaWriter) list(n int, elements *javaWriter) *javaWriter {
	j.head("java.util.ArrayList", 8683452581122892189, 3, "Isize").put(int32(n))
	j.WriteString("w\x04")
	j.put(int32(n)).Write(elements.Bytes())
	j.WriteByte('x')
	return j
}

func hashes(h int32, with ...int32) int32 {
	for _, n := range with {
		h = 31*h + n
	}
	return h
}

func hashOf(text string) (h int32) {
	for _, unit := range utf16.Encode([]rune(text)) {
		h = hashes(h, int32(unit))
	}
	return h
}
