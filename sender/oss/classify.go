package oss

import (
	"net/http"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// verdict is what a code means for the work.
type verdict struct {
	kind     sender.Kind
	throttle sender.Throttle
	err      error  // a sentinel of package sender
	hint     string // what a person should do
	who      bool   // it is about the credentials: others may do
}

// What a person should do.
const (
	hintKeyID    = "check the access key id, and the token if there is one"
	hintSecret   = "check the access key's secret, and the region"
	hintToken    = "the temporary credentials have expired: get new ones and run again"
	hintBucket   = "check the bucket's name and the endpoint"
	hintAccount  = "the account cannot use OSS now: check its bills and its status"
	hintQuota    = "free space or raise the quota, then run again"
	hintEndpoint = "use the endpoint of the bucket's region"
	hintStyle    = "use an endpoint that takes the bucket in its host name"
	hintPolicy   = "check what the policies allow this access key to do with this key"
	hintBucketOp = "check what the policies allow this access key to do with the bucket"
	hintRegion   = "check OSS_REGION: requests are signed for the region in which the bucket is"
	hintClock    = "this machine's clock is off by more than 15 minutes"
	hintRestart  = "the upload was completed or aborted by someone else, or by a lifecycle rule"
)

// verdicts says what the codes of OSS mean. A code that is not here is judged by package wire, which knows those of
// every dialect, and the status. Codes are from the operations' reference pages, and the list at
// https://www.alibabacloud.com/help/en/oss/support/error-codes.
var verdicts = map[string]verdict{
	// Who asks: no request of this run can succeed.
	"InvalidAccessKeyId":    {kind: sender.StopRun, hint: hintKeyID, who: true},
	"SignatureDoesNotMatch": {kind: sender.StopRun, hint: hintSecret, who: true},
	"SecurityTokenExpired":  {kind: sender.StopRun, hint: hintToken, who: true},
	"InvalidSecurityToken":  {kind: sender.StopRun, hint: hintToken, who: true},
	"UserDisable":           {kind: sender.StopRun, hint: hintAccount},
	"RequestTimeTooSkewed":  {kind: sender.TryAgain, hint: hintClock}, // the next one is signed by the store's clock

	// Where: the bucket or the endpoint.
	"NoSuchBucket":               {kind: sender.StopRun, hint: hintBucket},
	"InvalidBucketName":          {kind: sender.StopRun, hint: hintBucket},
	"SecondLevelDomainForbidden": {kind: sender.StopRun, hint: hintStyle},
	"PermanentRedirect":          {kind: sender.StopRun, hint: hintEndpoint},
	"TemporaryRedirect":          {kind: sender.StopRun, hint: hintEndpoint},

	// How much there may be in all.
	"QuotaExceeded":              {kind: sender.StopRun, hint: hintQuota},
	"StorageQuotaExceeded":       {kind: sender.StopRun, hint: hintQuota},
	"BucketQuotaExceeded":        {kind: sender.StopRun, hint: hintQuota},
	"BucketStorageQuotaExceeded": {kind: sender.StopRun, hint: hintQuota},

	// One object: a policy may forbid one prefix and allow the others, so the rows decide one by one.
	"AccessDenied":        {kind: sender.GiveUp, hint: hintPolicy},
	"NoSuchKey":           {kind: sender.GiveUp, err: sender.ErrNotFound},
	"NoSuchUpload":        {kind: sender.GiveUp, err: sender.ErrNoSuchUpload, hint: hintRestart},
	"InvalidPart":         {kind: sender.GiveUp, err: sender.ErrInvalidPart},
	"InvalidPartOrder":    {kind: sender.GiveUp, err: sender.ErrInvalidPart},
	"FileAlreadyExists":   {kind: sender.GiveUp, err: sender.ErrExists},
	"ObjectAlreadyExists": {kind: sender.GiveUp, err: sender.ErrExists},
	"FileImmutable":       {kind: sender.GiveUp, hint: "a retention policy protects the object"},
	"EntityTooSmall":      {kind: sender.GiveUp},
	"EntityTooLarge":      {kind: sender.GiveUp},
	"InvalidObjectName":   {kind: sender.GiveUp},
	"NotImplemented":      {kind: sender.GiveUp},

	// On the way: the same request may work next time.
	"RequestTimeout":   {kind: sender.TryAgain},
	"IncompleteBody":   {kind: sender.TryAgain},
	"InvalidDigest":    {kind: sender.TryAgain},
	"InvalidCRC64":     {kind: sender.TryAgain},
	"InternalError":    {kind: sender.TryAgain},
	"OperationAborted": {kind: sender.TryAgain},

	// Too much at once. What is counted decides what to slow down.
	"ServiceUnavailable":               {kind: sender.TryAgain, throttle: sender.TooManyRequests},
	"SlowDown":                         {kind: sender.TryAgain, throttle: sender.TooManyRequests},
	"TotalQpsLimitExceeded":            {kind: sender.TryAgain, throttle: sender.TooManyRequests},
	"QpsLimitExceeded":                 {kind: sender.TryAgain, throttle: sender.TooManyRequests},
	"MetaOperationQpsLimitExceeded":    {kind: sender.TryAgain, throttle: sender.TooManyRequests},
	"ActiveRequestLimitExceeded":       {kind: sender.TryAgain, throttle: sender.TooManyRequests},
	"UploadTrafficRateLimitExceeded":   {kind: sender.TryAgain, throttle: sender.TooManyBytes},
	"DownloadTrafficRateLimitExceeded": {kind: sender.TryAgain, throttle: sender.TooManyBytes},
}

// classify returns what a refusal means.
func classify(c *call, status int, p *problem) verdict {
	v, known := verdicts[p.Code]
	if !known {
		v.kind, v.throttle, v.err = wire.ErrorKind(status, p.Code)
	}
	switch {
	case p.Endpoint != "" && (p.Code == "AccessDenied" || redirects(status)):
		// "The bucket you are attempting to access must be addressed using the specified endpoint."
		return verdict{kind: sender.StopRun, hint: "the bucket is elsewhere: use the endpoint " + p.Endpoint}
	case redirects(status):
		return verdict{kind: sender.StopRun, hint: hintEndpoint}
	case p.Code == "AccessDenied" && c.key == "": // who may not list may send all the same
		return verdict{kind: sender.GiveUp, hint: hintBucketOp}
	case p.Code == "InvalidArgument" && p.EC == wrongRegionEC:
		return verdict{kind: sender.StopRun, hint: hintRegion}
	}
	return v
}

// wrongRegionEC tells the one InvalidArgument that all requests of a run would get. OSS says not to build on these
// codes: if it changes, the rows fail one by one instead.
const wrongRegionEC = "0002-00000226"

func redirects(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}
