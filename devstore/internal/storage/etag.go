package storage

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// MD5 is an MD5 in the form that records write: lower-case hex.
type MD5 [md5.Size]byte

// MarshalText writes lower-case hex.
func (m MD5) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, m[:]), nil }

// UnmarshalText reads hex.
func (m *MD5) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(string(text))
	if err != nil || len(b) != len(m) {
		return fmt.Errorf("%q is not an MD5", text)
	}
	copy(m[:], b)
	return nil
}

// ETag is an object's ETag in both dialects. For an object that was put they are the MD5 of its content. For one
// that was uploaded in parts, OSS takes the MD5 of the parts' ETags as text and S3 that of the parts' MD5s as bytes.
type ETag struct {
	OSSSum MD5 `json:"oss"`
	S3Sum  MD5 `json:"s3"`
	Parts  int `json:"parts,omitempty"` // 0 for an object that was put
}

// OSS returns the ETag in the OSS dialect, without quotes.
func (e ETag) OSS() string { return strings.ToUpper(hex.EncodeToString(e.OSSSum[:])) + e.suffix() }

// S3 returns the ETag in the S3 dialect, without quotes.
func (e ETag) S3() string { return hex.EncodeToString(e.S3Sum[:]) + e.suffix() }

func (e ETag) suffix() string {
	if e.Parts == 0 {
		return ""
	}
	return "-" + strconv.Itoa(e.Parts)
}

// PlainETag returns the ETag of content that was put, and of a part.
func PlainETag(sum MD5) ETag { return ETag{OSSSum: sum, S3Sum: sum} }

// multipartETag returns the ETag of an object of these parts.
func multipartETag(parts []Part) ETag {
	text, binary := md5.New(), md5.New()
	for _, p := range parts {
		_, _ = fmt.Fprintf(text, "%X", p.MD5[:])
		_, _ = binary.Write(p.MD5[:])
	}
	e := ETag{Parts: len(parts)}
	text.Sum(e.OSSSum[:0])
	binary.Sum(e.S3Sum[:0])
	return e
}
