package storage

import "errors"

// The conditions that a caller branches on.
var (
	// ErrLocked is returned by Open when another Store has the directory open.
	ErrLocked = errors.New("directory is used by another server")
	// ErrDamaged is returned when a record cannot be read.
	ErrDamaged = errors.New("record is damaged")
	// ErrBucketName is returned when a bucket's name is not allowed.
	ErrBucketName = errors.New("bucket name is not allowed")
	// ErrBucketExists is returned when a bucket of that name is there already.
	ErrBucketExists = errors.New("bucket exists")
	// ErrBucketNotEmpty is returned when a bucket that was to be removed still holds something.
	ErrBucketNotEmpty = errors.New("bucket is not empty")
	// ErrNoSuchBucket is returned when there is no such bucket, or no longer.
	ErrNoSuchBucket = errors.New("no such bucket")
	// ErrNoSuchKey is returned when the bucket has no object of that key.
	ErrNoSuchKey = errors.New("no such key")
	// ErrNoSuchUpload is returned when there is no such open upload for that key, or no longer.
	ErrNoSuchUpload = errors.New("no such upload")
	// ErrTooLarge is returned when content is longer than the caller allowed.
	ErrTooLarge = errors.New("content is too large")
	// ErrPartOrder is returned when the parts of a completion do not ascend.
	ErrPartOrder = errors.New("parts are not in ascending order")
	// ErrPartTooSmall is returned when a part other than the last is smaller than the dialect allows.
	ErrPartTooSmall = errors.New("part is too small")
	// ErrPartExists is returned when a part of a sequential upload comes again.
	ErrPartExists = errors.New("part is there already")
	// ErrPartSequence is returned when a part of a sequential upload is not the next.
	ErrPartSequence = errors.New("part is not the next")
	// ErrRetained is returned when an object that is locked was to be overwritten or deleted.
	ErrRetained = errors.New("object is locked")
	// ErrInvalidPart is returned when a completion names a part that is not there, or states another ETag.
	ErrInvalidPart = errors.New("no such part")
)

// ReadError is returned when content could not be read from where it comes from: the fault is the sender's.
type ReadError struct{ Err error }

func (e *ReadError) Error() string { return "read content: " + e.Err.Error() }

// Unwrap returns what the source of the content said.
func (e *ReadError) Unwrap() error { return e.Err }
