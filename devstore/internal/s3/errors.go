package s3

import (
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/auth"
	"github.com/ingest-dev/ingest/devstore/internal/dialect"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

func refusal(status int, code, message string) *wire.Error {
	return &wire.Error{Status: status, Code: code, Message: message}
}

// The refusals of what both dialects do alike, as S3 words them.
var refusals = dialect.Refusals{
	InvalidArgument:    refusal(http.StatusBadRequest, "InvalidArgument", "Invalid Argument"),
	PartNumber:         refusal(http.StatusBadRequest, "InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive"),
	InvalidBucketName:  refusal(http.StatusBadRequest, "InvalidBucketName", "The specified bucket is not valid."),
	InvalidDigest:      refusal(http.StatusBadRequest, "InvalidDigest", "The Content-MD5 you specified was invalid."),
	WrongDigest:        refusal(http.StatusBadRequest, "BadDigest", "The Content-MD5 you specified did not match what we received."),
	InvalidTag:         refusal(http.StatusBadRequest, "InvalidTag", "The tags you provided are not valid."),
	MetaTooLarge:       refusal(http.StatusBadRequest, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size."),
	IncompleteBody:     refusal(http.StatusBadRequest, "IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header"),
	EntityTooLarge:     refusal(http.StatusBadRequest, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size"),
	EntityTooSmall:     refusal(http.StatusBadRequest, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size"),
	InvalidPart:        refusal(http.StatusBadRequest, "InvalidPart", "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag."),
	InvalidPartOrder:   refusal(http.StatusBadRequest, "InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number."),
	PartExists:         refusal(http.StatusBadRequest, "InvalidRequest", "A part of a sequential upload cannot be overwritten"),
	PartNotSequential:  refusal(http.StatusBadRequest, "InvalidRequest", "The parts of a sequential upload have to be uploaded in order"),
	Retained:           refusal(http.StatusForbidden, "AccessDenied", "Access Denied because object protected by object lock."),
	MalformedXML:       refusal(http.StatusBadRequest, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema"),
	NoSuchBucket:       refusal(http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist"),
	NoSuchKey:          refusal(http.StatusNotFound, "NoSuchKey", "The specified key does not exist."),
	NoSuchUpload:       refusal(http.StatusNotFound, "NoSuchUpload", "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed."),
	BucketExists:       refusal(http.StatusConflict, "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it."),
	BucketNotEmpty:     refusal(http.StatusConflict, "BucketNotEmpty", "The bucket you tried to delete is not empty"),
	PreconditionFailed: refusal(http.StatusPreconditionFailed, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold"),
	NotModified:        refusal(http.StatusNotModified, "NotModified", "Not Modified"),

	Denied: denied,
}

// The refusals of what S3 does by itself.
var (
	invalidRequest    = refusal(http.StatusBadRequest, "InvalidRequest", "The request is not valid.")
	keyTooLong        = refusal(http.StatusBadRequest, "KeyTooLongError", "Your key is too long")
	invalidClass      = refusal(http.StatusBadRequest, "InvalidStorageClass", "The storage class you specified is not valid")
	missingLength     = refusal(http.StatusLengthRequired, "MissingContentLength", "You must provide the Content-Length HTTP header.")
	conflict          = refusal(http.StatusConflict, "ConditionalRequestConflict", "The conditional request cannot succeed due to a conflicting operation against this resource.")
	invalidRange      = refusal(http.StatusRequestedRangeNotSatisfiable, "InvalidRange", "The requested range is not satisfiable")
	invalidPartNumber = refusal(http.StatusRequestedRangeNotSatisfiable, "InvalidPartNumber", "The requested partnumber is not satisfiable")
)

// denied says why a request was not let in, and shows what should have been signed.
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

// named names the upload in NoSuchUpload, and leaves other errors as they are.
func named(err error, r *wire.Request) error {
	if err != nil && refusals.Explain(err) == refusals.NoSuchUpload {
		return refusals.NoSuchUpload.With("UploadId", r.Query.Get("uploadId"))
	}
	return err
}
