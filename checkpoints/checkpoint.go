package checkpoints

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

var (
	// ErrUnknown is returned when a file is not a checkpoint of a client that this package knows.
	ErrUnknown = errors.New("not a checkpoint of a client that is known")

	// ErrNotUpload is returned when a checkpoint is of a download or of a copy: there is no local file to send.
	ErrNotUpload = errors.New("a checkpoint, but not of an upload")

	// ErrDamaged is returned when a checkpoint is cut off, is not what its own checksum says, or says what cannot be.
	ErrDamaged = errors.New("the checkpoint is damaged")

	// ErrUneven is returned when a checkpoint's parts are not all of one size, the last one aside. No client that
	// this package knows lays parts out in any other way.
	ErrUneven = errors.New("the parts of the checkpoint are not of one size")
)

// Tool is the client that wrote a checkpoint.
type Tool string

// The tools.
const (
	GoV1   Tool = "aliyun-oss-go-sdk or ossutil 1"
	GoV2   Tool = "alibabacloud-oss-go-sdk-v2"
	Java   Tool = "aliyun-oss-java-sdk"
	CPP    Tool = "aliyun-oss-cpp-sdk"
	CSharp Tool = "aliyun-oss-csharp-sdk"
	AliOSS Tool = "ali-oss"
)

// Checkpoint is what a client noted of an upload. All of it is the client's word, and bounded: texts, numbers and
// sizes are such as OSS and a file system could have.
type Checkpoint struct {
	Tool     Tool
	Bucket   string // empty: not noted
	Key      string // empty: not noted
	UploadID string
	Source   string    // path of the local file as the client was given it; empty: not noted
	Size     int64     // of the local file when the upload began, in bytes; -1: not noted
	Modified time.Time // of the local file then; zero: not noted, or not in a form that can be read
	PartSize int64     // bytes of every part but the last
	Parts    []Part    // that the client had an answer for, by ascending number; empty also if it notes none
}

// Part is a part that the client says the store has.
type Part struct {
	Number int
	Offset int64 // of its first byte in the file
	Size   int64 // bytes
	ETag   string
}

// MaxSize is how large a checkpoint may be, in bytes. One of 10,000 parts, the most there can be, takes 3 MiB.
const MaxSize = 16 << 20

// Read reads the checkpoint at path. Besides the errors of [Parse] it fails with those of the file system.
func Read(path string) (*Checkpoint, error) {
	info, err := os.Stat(path) // first, since to open a pipe is to wait for its writer
	if err == nil && (!info.Mode().IsRegular() || info.Size() > MaxSize) {
		err = fmt.Errorf("%w: not a regular file of at most %d bytes", ErrUnknown, MaxSize)
	}
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err != nil {
		return nil, err
	}
	return Parse(b)
}

// Parse reads a checkpoint. It fails with [ErrUnknown], [ErrNotUpload], [ErrDamaged] or [ErrUneven].
func Parse(b []byte) (*Checkpoint, error) {
	if len(b) > MaxSize {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrUnknown, MaxSize)
	}
	c, err := parse(b)
	if err != nil {
		return nil, err
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	return c, nil
}

func parse(b []byte) (*Checkpoint, error) {
	switch {
	case bytes.HasPrefix(b, javaStream):
		return parseJava(b)
	case bytes.HasPrefix(bytes.TrimLeft(b, " \t\r\n"), []byte("{")):
		return parseJSON(b)
	}
	return parseCSharp(b)
}

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrDamaged, fmt.Errorf(format, args...))
}
