package checkpoints

import (
	"crypto/md5" // as the clients name their files
	"encoding/hex"
	"path/filepath"
	"regexp"
	"strings"
)

// The names that clients give to checkpoints which do not say what they are of: the second digest of the one is that
// of oss://bucket/key, those of the other are of the bucket and of the key.
var (
	nameGoV1   = regexp.MustCompile(`^[0-9a-f]{32}-([0-9a-f]{32})\.cp$`)
	nameCSharp = regexp.MustCompile(`^([0-9A-F]{32})_([0-9A-F]{32})$`)
)

// Contradicts reports whether the name of the checkpoint's file says that it is of another object than that of the
// bucket and the key. A name that somebody chose says nothing.
func (c *Checkpoint) Contradicts(file, bucket, key string) bool {
	name := filepath.Base(file)
	if m := nameGoV1.FindStringSubmatch(name); m != nil && c.Tool == GoV1 {
		return m[1] != digest("oss://"+bucket+"/"+key)
	}
	if m := nameCSharp.FindStringSubmatch(name); m != nil && c.Tool == CSharp {
		return m[1] != strings.ToUpper(digest(bucket)) || m[2] != strings.ToUpper(digest(key))
	}
	return false
}

func digest(s string) string {
	sum := md5.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}
