package s3

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// verdict is what a code means for the work.
type verdict struct {
	kind     sender.Kind
	throttle sender.Throttle
	err      error
}

var (
	stop    = verdict{kind: sender.StopRun}
	again   = verdict{kind: sender.TryAgain}
	slower  = verdict{kind: sender.TryAgain, throttle: sender.TooManyRequests}
	corrupt = verdict{kind: sender.TryAgain, err: sender.ErrCorrupt}
)

// byCode are the codes of https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, and those of MinIO
// and Ceph, that mean something else than their status says. The others follow [wire.ErrorKind].
var byCode = map[string]verdict{
	// Nobody's requests can succeed.
	"InvalidAccessKeyId":                 stop,
	"SignatureDoesNotMatch":              stop,
	"AuthorizationHeaderMalformed":       stop,
	"InvalidSecurity":                    stop,
	"NotSignedUp":                        stop,
	"UserSuspended":                      stop,
	"AccountProblem":                     stop,
	"AllAccessDisabled":                  stop,
	"CredentialsNotSupported":            stop,
	"ExpiredToken":                       stop,
	"ExpiredTokenException":              stop,
	"InvalidToken":                       stop,
	"TokenRefreshRequired":               stop,
	"InvalidBucketName":                  stop,
	"InvalidRegion":                      stop,
	"IllegalLocationConstraintException": stop,
	"PermanentRedirect":                  stop,
	"TemporaryRedirect":                  stop,
	"Redirect":                           stop,
	"QuotaExceeded":                      stop,
	"InsufficientStorage":                stop,
	"XMinioStorageFull":                  stop,
	"XMinioAdminBucketQuotaExceeded":     stop,
	"SecondLevelDomainForbidden":         stop,

	// The same request may succeed later.
	codeSkewed:               again,
	"OperationAborted":       again,
	codeConditionalConflict:  again, // another conditional request is under way
	"ServerBusy":             slower,
	"Busy":                   slower,
	"RequestLimitExceeded":   slower,
	"Throttling":             slower,
	"ThrottlingException":    slower,
	"RequestThrottled":       slower,
	"BandwidthLimitExceeded": {kind: sender.TryAgain, throttle: sender.TooManyBytes},

	// What arrived is not what was sent.
	"BadDigest":                   corrupt,
	"XAmzContentSHA256Mismatch":   corrupt,
	"XAmzContentChecksumMismatch": corrupt,

	"PreconditionFailed": {kind: sender.GiveUp, err: sender.ErrExists},
	"NotFound":           {kind: sender.GiveUp, err: sender.ErrNotFound},
}

// meaning returns what an answer without success means. A success that holds an error, as Complete may give it,
// counts as an error of the server unless its code says otherwise.
func meaning(status int, code string) (sender.Kind, sender.Throttle, error) {
	if v, ok := byCode[code]; ok {
		return v.kind, v.throttle, v.err
	}
	if status/100 == 2 {
		status = http.StatusInternalServerError
	}
	kind, throttle, err := wire.ErrorKind(status, code)
	if err == nil && status == http.StatusPreconditionFailed {
		err = sender.ErrExists
	}
	return kind, throttle, err
}

// hints say what to do, by code.
var hints = map[string]string{
	"InvalidAccessKeyId":                 "the store does not know the access key id: check AWS_ACCESS_KEY_ID or AWS_PROFILE, and the endpoint",
	"SignatureDoesNotMatch":              "check AWS_SECRET_ACCESS_KEY, and that --region is the endpoint's",
	"AuthorizationHeaderMalformed":       "check --region",
	"IllegalLocationConstraintException": "check --region: it must be the bucket's and the endpoint's",
	"NoSuchBucket":                       "check the bucket's name, the endpoint and the region; the bucket is not created",
	"AccessDenied":                       "the credentials may not do this: check their policy and the bucket's",
	"ExpiredToken":                       "renew the session's credentials and run it again",
	"ExpiredTokenException":              "renew the session's credentials and run it again",
	"TokenRefreshRequired":               "renew the session's credentials and run it again",
	"InvalidToken":                       "check AWS_SESSION_TOKEN: it must belong to the access key",
	"AccessControlListNotSupported":      "the bucket takes no ACLs: leave the acl out of the manifest",
	"InvalidStorageClass":                "the store does not have this storage class",
	"SecondLevelDomainForbidden":         "the store wants the bucket's name in the host's",
	"QuotaExceeded":                      "make room or raise the quota, then run it again",
	"InsufficientStorage":                "make room, then run it again",
	"XMinioStorageFull":                  "make room, then run it again",
	"XMinioAdminBucketQuotaExceeded":     "make room or raise the quota, then run it again",
}

// hint returns what to do about an answer, or "". Where the store names the right place, that is it.
func (s *Store) hint(x *refusalXML, answer *wire.Response) string {
	switch {
	case s.elsewhere(x, answer):
		return fmt.Sprintf("the bucket is in region %s: set --region or AWS_REGION to it", cut(regionOf(x, answer), maxID))
	case x.Endpoint != "":
		return fmt.Sprintf("the bucket is at %s: set --endpoint to it", cut(x.Endpoint, maxID))
	case answer.Status/100 == 3:
		return "the endpoint sends elsewhere, which is not followed: check --endpoint and --region" + location(answer)
	case x.Code == "" && answer.Status == http.StatusForbidden:
		return hints["AccessDenied"]
	}
	return hints[x.Code]
}

// regionOf returns the region that an answer says the bucket is in, or "".
func regionOf(x *refusalXML, answer *wire.Response) string {
	return cmp.Or(x.Region, answer.Header.Get("X-Amz-Bucket-Region"))
}

// elsewhere reports whether a request was refused because the bucket is in another region than it was signed for.
// Every answer of Amazon's names the bucket's region, and stores without regions may name any, so the refusal must be
// of the kind: a redirect, one of the signature, or one without a code, as HEAD gets it.
func (s *Store) elsewhere(x *refusalXML, answer *wire.Response) bool {
	region := regionOf(x, answer)
	if region == "" || region == s.signer.region {
		return false
	}
	switch x.Code {
	case "AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "PermanentRedirect", "TemporaryRedirect":
		return true
	}
	return answer.Status/100 == 3 || x.Code == "" && answer.Status == http.StatusBadRequest
}

// location names the host that a redirect points to, and nothing else of it.
func location(answer *wire.Response) string {
	u, err := url.Parse(answer.Header.Get("Location"))
	if err != nil || u.Host == "" {
		return ""
	}
	return fmt.Sprintf(" (it names %s)", cut(u.Host, maxID))
}

// The two refusals that say what the endpoint cannot do. S3 has no codes for them: stores answer NotImplemented,
// InvalidArgument or InvalidRequest, and name the header in the message, which is all there is to go by.

// refusesChecksum reports whether an endpoint does not take the checksum that was sent with a request. Any 501 may
// mean that; as a lower checksum is kept only where it has worked, a wrong guess costs a request or two.
func refusesChecksum(err error) bool {
	e, ok := errors.AsType[*sender.Error](err)
	return ok && e.Status == http.StatusNotImplemented || refuses(err, "checksum")
}

// wantsSignedPayload reports whether an endpoint insists on the SHA-256 of the payload.
func wantsSignedPayload(err error) bool {
	e, ok := errors.AsType[*sender.Error](err)
	return ok && (e.Code == "XAmzContentSHA256Mismatch" || refuses(err, "content-sha256", "content sha256", "unsigned-payload", "unsigned payload"))
}

func refuses(err error, words ...string) bool {
	e, ok := errors.AsType[*sender.Error](err)
	if !ok || e.Err != nil || e.Status != http.StatusNotImplemented && e.Status != http.StatusBadRequest {
		return false
	}
	message := strings.ToLower(e.Message)
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(message, w) })
}
