package checkpoints

import (
	"bytes"
	"crypto/md5" // the client's own proof of its file
	"encoding/base64"
	"encoding/json"
	"time"
)

// goV1 is the checkpoint of aliyun-oss-go-sdk (oss/upload.go), which ossutil 1 uses too. It does not name the bucket.
type goV1 struct {
	MD5      string
	FilePath string
	FileStat struct {
		Size         int64
		LastModified time.Time
	}
	ObjectKey string
	UploadID  string
	Parts     []struct {
		Chunk       struct{ Number, Offset, Size int64 }
		Part        struct{ ETag string }
		IsCompleted bool
	}
}

func parseGoV1(b []byte, m members) (*Checkpoint, error) {
	if !provenGoV1(b, m.text("MD5")) {
		return nil, damaged("its MD5 is another")
	}
	var cp goV1
	if err := json.Unmarshal(b, &cp); err != nil {
		return nil, damaged("%w", err)
	}
	all, done := cp.ranges()
	size, err := evenly(all)
	if err != nil {
		return nil, err
	}
	return &Checkpoint{
		Tool: GoV1, Key: cp.ObjectKey, UploadID: cp.UploadID, Source: cp.FilePath,
		Size: cp.FileStat.Size, Modified: cp.FileStat.LastModified, PartSize: size, Parts: done,
	}, nil
}

// ranges are those that the file was split into, and those of them that were sent.
func (cp *goV1) ranges() (all, done []Part) {
	for _, p := range cp.Parts {
		r := Part{Number: int(p.Chunk.Number), Offset: p.Chunk.Offset, Size: p.Chunk.Size, ETag: quoteless(p.Part.ETag)}
		all = append(all, r)
		if p.IsCompleted {
			done = append(done, r)
		}
	}
	return all, done
}

// provenGoV1 reports whether the MD5 is that of the text with none in it, which is how the client takes it. The first
// member of the name is the one: within a text the quotes would be escaped.
func provenGoV1(b []byte, stated string) bool {
	var plain bytes.Buffer
	if stated == "" || json.Compact(&plain, b) != nil {
		return false
	}
	blank := bytes.Replace(plain.Bytes(), []byte(`"MD5":"`+stated+`"`), []byte(`"MD5":""`), 1)
	sum := md5.Sum(blank)
	return base64.StdEncoding.EncodeToString(sum[:]) == stated
}
