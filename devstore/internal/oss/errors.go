package oss

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/ingest-dev/ingest/devstore/internal/auth"
	"github.com/ingest-dev/ingest/devstore/internal/dialect"
	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

func refusal(status int, code, message, ec string) *wire.Error {
	return &wire.Error{Status: status, Code: code, Message: message, EC: ec}
}

// The refusals of what both dialects do alike, as OSS words them. The EC is stated where it is known.
var refusals = dialect.Refusals{
	InvalidArgument:    refusal(http.StatusBadRequest, "InvalidArgument", "The argument you provided is invalid.", ""),
	PartNumber:         refusal(http.StatusBadRequest, "InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive.", ""),
	InvalidBucketName:  refusal(http.StatusBadRequest, "InvalidBucketName", "The specified bucket is not valid.", ""),
	InvalidDigest:      refusal(http.StatusBadRequest, "InvalidDigest", "The Content-MD5 you specified was invalid.", ""),
	WrongDigest:        refusal(http.StatusBadRequest, "InvalidDigest", "The Content-MD5 you specified did not match what we received.", ""),
	InvalidTag:         refusal(http.StatusBadRequest, "InvalidTag", "The tags you provided are not valid.", ""),
	MetaTooLarge:       refusal(http.StatusBadRequest, "InvalidArgument", "The user metadata exceeds 8 KB.", ""),
	IncompleteBody:     refusal(http.StatusBadRequest, "IncompleteBody", "The number of bytes you provided does not match the Content-Length.", ""),
	EntityTooLarge:     refusal(http.StatusBadRequest, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed object size.", ""),
	EntityTooSmall:     refusal(http.StatusBadRequest, "EntityTooSmall", "Your proposed upload smaller than the minimum allowed size.", ""),
	InvalidPart:        refusal(http.StatusBadRequest, "InvalidPart", "One or more of the specified parts could not be found or the specified entity tag might not have matched the part's entity tag.", ""),
	InvalidPartOrder:   refusal(http.StatusBadRequest, "InvalidPartOrder", "The list of parts was not in ascending order. Parts list must specified in order by part number.", ""),
	PartExists:         refusal(http.StatusConflict, "PartAlreadyExist", "For sequential multipart upload, you can't overwrite uploaded parts.", "0042-00000108"),
	PartNotSequential:  refusal(http.StatusBadRequest, "PartNotSequential", "For sequential multipart upload, parts have to be uploaded in order.", ""),
	Retained:           refusal(http.StatusConflict, "FileImmutable", "The object you specified is immutable.", ""),
	MalformedXML:       refusal(http.StatusBadRequest, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema.", "0042-00000205"),
	NoSuchBucket:       refusal(http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist.", "0015-00000101"),
	NoSuchKey:          refusal(http.StatusNotFound, "NoSuchKey", "The specified key does not exist.", "0026-00000001"),
	NoSuchUpload:       refusal(http.StatusNotFound, "NoSuchUpload", "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.", ""),
	BucketExists:       refusal(http.StatusConflict, "BucketAlreadyExists", "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.", ""),
	BucketNotEmpty:     refusal(http.StatusConflict, "BucketNotEmpty", "The bucket you tried to delete is not empty.", ""),
	PreconditionFailed: refusal(http.StatusPreconditionFailed, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold.", ""),
	NotModified:        refusal(http.StatusNotModified, "NotModified", "Not Modified.", ""),

	Denied: denied, EchoDigest: true,
}

// The refusals of what OSS does by itself.
var (
	invalidObjectName  = refusal(http.StatusBadRequest, "InvalidObjectName", "The specified object is not valid.", "")
	invalidCRC64       = refusal(http.StatusBadRequest, "InvalidCRC64", "The x-oss-hash-crc64ecma you specified does not match what we calculated.", "")
	missingLength      = refusal(http.StatusLengthRequired, "MissingContentLength", "You must provide the Content-Length HTTP header.", "")
	completeAllAndBody = refusal(http.StatusBadRequest, "InvalidArgument", "The request body must be empty when x-oss-complete-all is specified.", "0042-00000216")
	invalidOverwrite   = refusal(http.StatusBadRequest, "InvalidArgument", "The value of x-oss-forbid-overwrite is not valid.", "0017-00000279")
	fileExists         = refusal(http.StatusConflict, "FileAlreadyExists", "The object you specified already exists and can not be overwritten.", "")
	invalidRange       = refusal(http.StatusRequestedRangeNotSatisfiable, "InvalidRange", "The requested range cannot be satisfied", "")
)

// The EC of some refusals tells which operation said it.
const (
	ecUploadPart = "0042-00000104"
	ecPartCopy   = "0042-00000311"
	ecListParts  = "0042-00000002"
	ecOverwrite  = "0042-00000214" // by a completion
)

// denied says why a request was not let in, and shows what should have been signed.
func denied(d *auth.Denied) *wire.Error {
	e := refusal(d.Status, d.Code, d.Message, d.EC)
	if d.Code == "RequestTimeTooSkewed" {
		e = e.With("ServerTime", wire.Timestamp(d.ServerTime))
	}
	if d.StringToSign != "" {
		e = e.With("StringToSign", d.StringToSign).
			With("StringToSignBytes", hexBytes(d.StringToSign)).
			With("SignatureProvided", d.SignatureProvided)
	}
	return e
}

// hexBytes writes the bytes of a text as OSS shows them, so that a client's author sees where theirs differs.
func hexBytes(text string) string { return fmt.Sprintf("% X", text) }

// withEC returns err, with the code that says which operation met it if it is NoSuchUpload.
func withEC(err error, r *wire.Request, ec string) error {
	if !errors.Is(err, storage.ErrNoSuchUpload) {
		return err
	}
	e := *refusals.NoSuchUpload
	e.EC = ec
	return e.With("UploadId", r.Query.Get("uploadId"))
}
