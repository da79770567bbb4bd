package checkpoints

import (
	"bytes"
	"crypto/md5" // the client's own proof of its file
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"
)

// goV2 is the data of a checkpoint of alibabacloud-oss-go-sdk-v2 (oss/checkpoint.go). It lists no parts.
type goV2 struct {
	FilePath string
	FileMeta *struct {
		Size         int64
		LastModified string
	}
	ObjectInfo struct{ Name string }
	PartSize   int64
	UploadInfo *struct {
		UploadID string `json:"UploadId"`
	}
}

func parseGoV2(m members) (*Checkpoint, error) {
	if !provenGoV2(m["Data"], m.text("MD5")) {
		return nil, damaged("its MD5 is another")
	}
	var data goV2
	if err := m.read("Data", &data); err != nil {
		return nil, err
	}
	if data.FileMeta == nil || data.UploadInfo == nil {
		return nil, ErrNotUpload // that of a download has an object's and how far it came
	}
	bucket, key, err := bucketAndKey(data.ObjectInfo.Name)
	if err != nil {
		return nil, err
	}
	return &Checkpoint{
		Tool: GoV2, Bucket: bucket, Key: key, UploadID: data.UploadInfo.UploadID, Source: data.FilePath,
		Size: data.FileMeta.Size, Modified: goTime(data.FileMeta.LastModified), PartSize: data.PartSize,
	}, nil
}

func provenGoV2(data []byte, stated string) bool {
	var plain bytes.Buffer
	if json.Compact(&plain, data) != nil {
		return false
	}
	sum := md5.Sum(plain.Bytes())
	return hex.EncodeToString(sum[:]) == stated
}

// goTime reads what time.Time.String writes: the zone's offset, and its name behind that.
func goTime(s string) time.Time {
	fields := strings.Fields(s)
	if len(fields) < 3 {
		return time.Time{}
	}
	t, err := time.Parse("2006-01-02 15:04:05.999999999 -0700", strings.Join(fields[:3], " "))
	if err != nil {
		return time.Time{}
	}
	return t
}
