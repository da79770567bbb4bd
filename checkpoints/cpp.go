package checkpoints

import (
	"bytes"
	"crypto/md5" // the client's own proof of its file
	"encoding/hex"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// parseCPP reads the record of aliyun-oss-cpp-sdk (ResumableUploader.cc). It lists no parts.
func parseCPP(b []byte, m members) (*Checkpoint, error) {
	switch m.text("opType") {
	case "ResumableUpload":
	case "ResumableDownload", "ResumableCopy":
		return nil, ErrNotUpload
	default:
		return nil, ErrUnknown
	}
	if !provenCPP(b, m.text("md5Sum")) {
		return nil, damaged("its MD5 is another")
	}
	c := &Checkpoint{Tool: CPP}
	var modified string
	err := m.all(map[string]any{
		"bucket": &c.Bucket, "key": &c.Key, "uploadID": &c.UploadID, "filePath": &c.Source,
		"size": &c.Size, "partSize": &c.PartSize, "mtime": &modified,
	})
	if err != nil {
		return nil, err
	}
	c.Modified, _ = time.Parse(http.TimeFormat, modified)
	return c, nil
}

// md5Line is the line of the MD5 as jsoncpp writes it. It is never the last one, since the members are sorted.
var md5Line = regexp.MustCompile(`\n[ \t]*"md5Sum" : "([0-9A-F]{32})",`)

// provenCPP reports whether the MD5 is that of the text without its line, which is how the client takes it.
func provenCPP(b []byte, stated string) bool {
	text := bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")) // as Windows writes it
	at := md5Line.FindSubmatchIndex(text)
	if at == nil || string(text[at[2]:at[3]]) != stated {
		return false
	}
	h := md5.New()
	h.Write(text[:at[0]])
	h.Write(text[at[1]:])
	return strings.ToUpper(hex.EncodeToString(h.Sum(nil))) == stated
}
