package auth

import (
	"net/http"
	"time"
)

// Denied is why a request is refused, in the terms of its dialect's error answer.
type Denied struct {
	Dialect Dialect
	Status  int    // of the HTTP answer
	Code    string // such as "SignatureDoesNotMatch"
	Message string
	EC      string // the diagnostic code of OSS, where it is known

	// StringToSign is what the server says should have been signed, and SignatureProvided what it got instead.
	// Both are set for signatures that do not match, and empty for all else.
	StringToSign, SignatureProvided string

	ServerTime time.Time
}

// Error returns the code and the message.
func (d *Denied) Error() string { return d.Code + ": " + d.Message }

// reason is what a refusal says, whoever it is said to.
type reason struct {
	status            int
	code, message, ec string
}

func (a *attempt) deny(why reason) (Verdict, *Denied) { return Verdict{}, a.denied(why) }

func (a *attempt) denied(why reason) *Denied {
	return &Denied{
		Dialect: a.dialect, Status: why.status, Code: why.code, Message: why.message, EC: why.ec, ServerTime: a.now,
	}
}

// mismatch refuses a signature that is not the one of stringToSign.
func (a *attempt) mismatch(stringToSign, provided string) *Denied {
	d := a.denied(wrongSignature[a.dialect])
	d.StringToSign, d.SignatureProvided = stringToSign, provided
	return d
}

const (
	sayMismatch = "The request signature we calculated does not match the signature you provided. Check your key and signing method."
	saySkewed   = "The difference between the request time and the current time is too large."
	sayExpired  = "Request has expired."
	sayEarly    = "Request is not valid yet."
)

// The reasons that both dialects have, by dialect.
var (
	anonymous = [...]reason{
		OSS: {status: http.StatusForbidden, code: "AccessDenied", message: "Anonymous access is forbidden for this operation."},
		S3:  {status: http.StatusForbidden, code: "AccessDenied", message: "Access Denied"},
	}
	unknownScheme = [...]reason{
		OSS: {status: http.StatusBadRequest, code: "InvalidArgument", message: "The authorization mechanism you provided is not supported."},
		S3:  {status: http.StatusBadRequest, code: "InvalidRequest", message: "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."},
	}
	unknownKey = [...]reason{
		OSS: {http.StatusForbidden, "InvalidAccessKeyId", "The OSS Access Key Id you provided does not exist in our records.", "0002-00000902"},
		S3:  {status: http.StatusForbidden, code: "InvalidAccessKeyId", message: "The AWS Access Key Id you provided does not exist in our records."},
	}
	wrongSignature = [...]reason{
		OSS: {http.StatusForbidden, "SignatureDoesNotMatch", sayMismatch, "0002-00000040"},
		S3:  {status: http.StatusForbidden, code: "SignatureDoesNotMatch", message: sayMismatch},
	}
	noDate = [...]reason{
		OSS: {status: http.StatusForbidden, code: "AccessDenied", message: "OSS authentication requires a valid Date."},
		S3:  {status: http.StatusForbidden, code: "AccessDenied", message: "AWS authentication requires a valid Date or x-amz-date header"},
	}
)

// The reasons that are the same in both dialects.
var (
	badQuery = reason{status: http.StatusBadRequest, code: "InvalidArgument", message: "The query string is malformed."}
	skewed   = reason{status: http.StatusForbidden, code: "RequestTimeTooSkewed", message: saySkewed}
	expired  = reason{status: http.StatusForbidden, code: "AccessDenied", message: sayExpired}
)

// The reasons of OSS.
var (
	ossBadHeader = reason{status: http.StatusBadRequest, code: "InvalidArgument", message: "Authorization header is invalid."}
	ossBadParams = reason{status: http.StatusBadRequest, code: "InvalidArgument", message: "Signature parameters in the query are invalid."}
	ossBadScope  = reason{status: http.StatusBadRequest, code: "InvalidArgument", message: "Invalid credential scope in Authorization header."}
	ossV1Params  = reason{status: http.StatusForbidden, code: "AccessDenied", message: "Query-string authentication requires the Signature, Expires and OSSAccessKeyId parameters"}
	ossTooEarly  = reason{http.StatusForbidden, "AccessDenied", sayEarly, "0002-00000235"}
)

// The reasons of S3.
var (
	s3BadHeader    = reason{status: http.StatusBadRequest, code: "AuthorizationHeaderMalformed", message: "The authorization header is malformed."}
	s3BadParams    = reason{status: http.StatusBadRequest, code: "AuthorizationQueryParametersError", message: "Error parsing the X-Amz- query parameters."}
	s3TooEarly     = reason{status: http.StatusForbidden, code: "AccessDenied", message: sayEarly}
	s3Unsigned     = reason{status: http.StatusForbidden, code: "AccessDenied", message: "There were headers present in the request which were not signed"}
	s3NoPayload    = reason{status: http.StatusBadRequest, code: "InvalidRequest", message: "Missing required header for this request: x-amz-content-sha256"}
	s3BadPayload   = reason{status: http.StatusBadRequest, code: "InvalidArgument", message: "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, or a valid sha256 value."}
	s3NoLength     = reason{status: http.StatusLengthRequired, code: "MissingContentLength", message: "You must provide the x-amz-decoded-content-length HTTP header."}
	s3WrongPayload = reason{status: http.StatusBadRequest, code: "XAmzContentSHA256Mismatch", message: "The provided 'x-amz-content-sha256' header does not match what was computed."}
	s3BadChunk     = reason{status: http.StatusBadRequest, code: "InvalidRequest", message: "The body is not well-formed aws-chunked encoding."}
	s3ShortBody    = reason{status: http.StatusBadRequest, code: "IncompleteBody", message: "You did not provide the number of bytes specified by the Content-Length HTTP header"}
	s3BadTrailer   = reason{status: http.StatusBadRequest, code: "MalformedTrailerError", message: "The request contained trailing data that was not well-formed or did not conform to our published schema."}
)
