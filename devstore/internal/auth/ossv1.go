package auth

import (
	"crypto/hmac"
	"crypto/sha1" // the scheme is HMAC-SHA1
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// subResources are the query parameters that V1 signs, besides all that start with "x-oss-": the union of what
// the official clients sign. A parameter that only some of them know is sent by those alone.
var subResources = setOf(`accessPoint accessPointConfigForObjectProcess accessPointForObjectProcess accessPointPolicy
	accessPointPolicyForObjectProcess acl append asyncFetch bucketArchiveDirectRead bucketInfo callback callback-var
	cloudboxes cname comp continuation-token cors delete encryption endTime httpsConfig img inventory inventoryId
	lifecycle live location logging metaQuery objectMeta objectWorm overwriteConfig partNumber policy policyStatus
	position publicAccessBlock qos qosInfo redundancyTransition referer regionList replication replicationLocation
	replicationProgress requestPayment resourceGroup response-cache-control response-content-disposition
	response-content-encoding response-content-language response-content-type response-expires responseHeader restore
	rtc security-token sequential startTime stat status style styleName symlink tagging transferAcceleration udf
	udfApplication udfApplicationLog udfId udfImage udfImageDesc udfName uploadId uploads userDefinedLogFieldsConfig
	versionId versioning versions vod website withHashContext worm wormExtend wormId`)

func setOf(words string) map[string]bool {
	set := make(map[string]bool)
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// ossV1Header verifies "Authorization: OSS id:signature".
func (a *attempt) ossV1Header() (Verdict, *Denied) {
	id, signature, ok := strings.Cut(strings.TrimPrefix(a.r.Header.Get("Authorization"), "OSS "), ":")
	if !ok || id == "" || signature == "" {
		return a.deny(ossBadHeader)
	}
	stamp, t, ok := ossTime(a.r.Header)
	switch {
	case !ok:
		return a.deny(noDate[OSS])
	case a.skewed(t):
		return a.deny(skewed)
	}
	return a.ossV1(id, signature, stamp, false)
}

// ossV1Query verifies a presigned request, in which the time of its end stands for the date.
func (a *attempt) ossV1Query() (Verdict, *Denied) {
	id, signature, expires := a.query.Get("OSSAccessKeyId"), a.query.Get("Signature"), a.query.Get("Expires")
	seconds, err := strconv.ParseInt(expires, 10, 64)
	switch {
	case id == "" || signature == "" || err != nil:
		return a.deny(ossV1Params)
	case a.now.After(time.Unix(seconds, 0)):
		return a.deny(expired)
	}
	return a.ossV1(id, signature, expires, true)
}

func (a *attempt) ossV1(id, signature, date string, presigned bool) (Verdict, *Denied) {
	secret, ok := a.keys(id)
	if !ok {
		return a.deny(unknownKey[OSS])
	}
	text := a.ossV1StringToSign(date)
	want := base64.StdEncoding.EncodeToString(mac(sha1.New, []byte(secret), text))
	if !hmac.Equal([]byte(want), []byte(signature)) {
		return Verdict{}, a.mismatch(text, signature)
	}
	return a.granted(id, "", presigned), nil
}

func (a *attempt) ossV1StringToSign(date string) string {
	h := a.r.Header
	return a.r.Method + "\n" + h.Get("Content-MD5") + "\n" + h.Get("Content-Type") + "\n" + date + "\n" +
		canonicalHeaders(a.r, headersWith(h, "x-oss-"), strings.TrimSpace) + a.ossV1Resource()
}

// ossV1Resource is the address of what is asked for, unescaped, and the sub-resources that say what of it.
func (a *attempt) ossV1Resource() string {
	var pairs [][2]string
	for name, values := range a.query {
		for _, v := range values {
			if subResources[name] || strings.HasPrefix(name, "x-oss-") {
				pairs = append(pairs, [2]string{name, v})
			}
		}
	}
	if len(pairs) == 0 {
		return a.ossPath()
	}
	slices.SortFunc(pairs, comparePairs)
	return a.ossPath() + "?" + joinPairs(pairs, "")
}

// ossPath is "/bucket/key", whatever the style of the URL; "/bucket/" for a bucket, "/" for the service.
func (a *attempt) ossPath() string {
	if a.bucket == "" {
		return "/"
	}
	return "/" + a.bucket + "/" + a.key
}

// ossTime returns the time of a request verbatim, as it is signed, and parsed. Some clients send x-oss-date
// and no Date, some the other way round.
func ossTime(h http.Header) (stamp string, t time.Time, ok bool) {
	stamp = h.Get("x-oss-date")
	if stamp == "" {
		stamp = h.Get("Date")
	}
	if t, err := time.Parse(stampFormat, stamp); err == nil {
		return stamp, t, true
	}
	t, err := http.ParseTime(stamp)
	return stamp, t, err == nil
}
