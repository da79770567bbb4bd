package checkpoints

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// The magic words of aliyun-oss-go-sdk. That of downloads is also that of everything that its second version writes.
const (
	magicUpload = "FE8BB4EA-B593-4FAC-AD7A-2459A36E2E62"
	magicOther  = "92611BED-89E2-46B6-89E5-72F273D4B0A3"
	magicCopy   = "84F1F18C-FF1D-403B-A1D8-9DEB5F65910A"
)

// members are those of a JSON object, by their names exactly: those of one client differ from another's by case alone.
type members map[string]json.RawMessage

// parseJSON finds out by its members whose checkpoint a JSON object is.
func parseJSON(b []byte) (*Checkpoint, error) {
	var m members
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, unreadable(b, err)
	}
	switch magic := m.text("Magic"); {
	case magic == magicUpload:
		return parseGoV1(b, m)
	case magic == magicOther && m["Data"] != nil:
		return parseGoV2(m)
	case magic == magicOther, magic == magicCopy:
		return nil, ErrNotUpload
	case m["opType"] != nil:
		return parseCPP(b, m)
	case m["uploadId"] != nil && m["doneParts"] != nil:
		return parseAliOSS(m)
	}
	return nil, ErrUnknown
}

// unreadable is the error of what begins like JSON and is not: half a checkpoint, if it has the words of one.
func unreadable(b []byte, err error) error {
	for _, word := range []string{magicUpload, magicOther, `"opType"`, `"doneParts"`} {
		if bytes.Contains(b, []byte(word)) {
			return damaged("%w", err)
		}
	}
	return fmt.Errorf("%w: %w", ErrUnknown, err)
}

// read reads a member into v. One that is not there leaves v as it is.
func (m members) read(name string, v any) error {
	if m[name] == nil {
		return nil
	}
	if err := json.Unmarshal(m[name], v); err != nil {
		return damaged("%s: %w", name, err)
	}
	return nil
}

// all reads members into what stands behind their names.
func (m members) all(into map[string]any) error {
	for name, v := range into {
		if err := m.read(name, v); err != nil {
			return err
		}
	}
	return nil
}

// text is a member that is a text, or "".
func (m members) text(name string) (s string) {
	_ = m.read(name, &s)
	return s
}

// bucketAndKey splits what stands behind oss:// at its first slash.
func bucketAndKey(name string) (bucket, key string, err error) {
	rest, ok := strings.CutPrefix(name, "oss://")
	bucket, key, slash := strings.Cut(rest, "/")
	if !ok || !slash || bucket == "" || key == "" {
		return "", "", damaged("object %.80q", name)
	}
	return bucket, key, nil
}
