package s3

import (
	"errors"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/auth"
	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

func refusal(status int, code, message string) *wire.Error {
	return &wire.Error{Status: status, Code: code, Message: message}
}

// The refusals, as S3 words them.
var (
	invalidArgument    = refusal(http.StatusBadRequest, "InvalidArgument", "Invalid Argument")
	invalidRequest     = refusal(http.StatusBadRequest, "InvalidRequest", "The request is not valid.")
	invalidBucketName  = refusal(http.StatusBadRequest, "InvalidBucketName", "The specified bucket is not valid.")
	keyTooLong         = refusal(http.StatusBadRequest, "KeyTooLongError", "Your key is too long")
	invalidDigest      = refusal(http.StatusBadRequest, "InvalidDigest", "The Content-MD5 you specified was invalid.")
	badDigest          = refusal(http.StatusBadRequest, "BadDigest", "The Content-MD5 you specified did not match what we received.")
	invalidTag         = refusal(http.StatusBadRequest, "InvalidTag", "The tags you provided are not valid.")
	metaTooLarge       = refusal(http.StatusBadRequest, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size.")
	invalidClass       = refusal(http.StatusBadRequest, "InvalidStorageClass", "The storage class you specified is not valid")
	incompleteBody     = refusal(http.StatusBadRequest, "IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header")
	missingLength      = refusal(http.StatusLengthRequired, "MissingContentLength", "You must provide the Content-Length HTTP header.")
	entityTooLarge     = refusal(http.StatusBadRequest, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
	entityTooSmall     = refusal(http.StatusBadRequest, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")
	invalidPart        = refusal(http.StatusBadRequest, "InvalidPart", "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.")
	invalidPartOrder   = refusal(http.StatusBadRequest, "InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number.")
	malformedXML       = refusal(http.StatusBadRequest, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
	noSuchBucket       = refusal(http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist")
	noSuchKey          = refusal(http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
	noSuchUpload       = refusal(http.StatusNotFound, "NoSuchUpload", "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.")
	bucketExists       = refusal(http.StatusConflict, "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it.")
	bucketNotEmpty     = refusal(http.StatusConflict, "BucketNotEmpty", "The bucket you tried to delete is not empty")
	preconditionFailed = refusal(http.StatusPreconditionFailed, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
	notModified        = refusal(http.StatusNotModified, "NotModified", "Not Modified")
	invalidRange       = refusal(http.StatusRequestedRangeNotSatisfiable, "InvalidRange", "The requested range is not satisfiable")
	invalidPartNumber  = refusal(http.StatusRequestedRangeNotSatisfiable, "InvalidPartNumber", "The requested partnumber is not satisfiable")
)

// conditions are what a storage error is called here.
var conditions = []struct {
	is  error
	say *wire.Error
}{
	{storage.ErrNoSuchBucket, noSuchBucket},
	{storage.ErrNoSuchKey, noSuchKey},
	{storage.ErrNoSuchUpload, noSuchUpload},
	{storage.ErrBucketExists, bucketExists},
	{storage.ErrBucketNotEmpty, bucketNotEmpty},
	{storage.ErrBucketName, invalidBucketName},
	{storage.ErrTooLarge, entityTooLarge},
	{storage.ErrPartOrder, invalidPartOrder},
	{storage.ErrPartTooSmall, entityTooSmall},
	{storage.ErrInvalidPart, invalidPart},
	{wire.ErrXML, malformedXML},
	{wire.ErrBodyTooLong, malformedXML},
	{wire.ErrTags, invalidTag},
	{wire.ErrMetaTooLarge, metaTooLarge},
}

// explain returns what err is called in this dialect.
func explain(err error) *wire.Error {
	if e, ok := errors.AsType[*wire.Error](err); ok {
		return e
	}
	if d, ok := errors.AsType[*auth.Denied](err); ok {
		return denied(d)
	}
	for _, c := range conditions {
		if errors.Is(err, c.is) {
			return c.say
		}
	}
	if _, ok := errors.AsType[*storage.ReadError](err); ok {
		return incompleteBody
	}
	return refusal(http.StatusInternalServerError, "InternalError", "We encountered an internal error: "+err.Error())
}

func denied(d *auth.Denied) *wire.Error {
	e := refusal(d.Status, d.Code, d.Message)
	if d.Code == "RequestTimeTooSkewed" {
		e = e.With("ServerTime", wire.Timestamp(d.ServerTime)).With("MaxAllowedSkewMilliseconds", "900000")
	}
	if d.StringToSign != "" {
		e = e.With("StringToSign", d.StringToSign).With("SignatureProvided", d.SignatureProvided)
	}
	return e
}

// argument returns InvalidArgument that names what was wrong.
func argument(name, value string) *wire.Error {
	return invalidArgument.With("ArgumentName", name).With("ArgumentValue", value)
}

// missing names the key in NoSuchKey, and leaves other errors as they are.
func missing(err error, r *wire.Request) error {
	if err != nil && explain(err) == noSuchKey {
		return noSuchKey.With("Key", r.Key)
	}
	return err
}

// named names the upload in NoSuchUpload, and leaves other errors as they are.
func named(err error, r *wire.Request) error {
	if err != nil && explain(err) == noSuchUpload {
		return noSuchUpload.With("UploadId", r.Query.Get("uploadId"))
	}
	return err
}
