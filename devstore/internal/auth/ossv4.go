package auth

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// ossV4Header verifies "Authorization: OSS4-HMAC-SHA256 Credential=…".
func (a *attempt) ossV4Header() (Verdict, *Denied) {
	c, ok := ossV4.fromHeader(a.r.Header.Get("Authorization"))
	if !ok {
		return a.deny(ossBadHeader)
	}
	stamp, t, ok := ossTime(a.r.Header)
	switch {
	case !ok:
		return a.deny(noDate[OSS])
	case a.skewed(t):
		return a.deny(skewed)
	}
	return a.ossV4(c, stamp, t, false)
}

// ossV4Query verifies a presigned request.
func (a *attempt) ossV4Query() (Verdict, *Denied) {
	c, ok := ossV4.fromQuery(a.query)
	if !ok {
		return a.deny(ossBadParams)
	}
	stamp := a.query.Get(ossV4.params.date)
	t, life, ok := lifetime(stamp, a.query.Get(ossV4.params.expires))
	switch {
	case !ok:
		return a.deny(ossBadParams)
	case t.After(a.now.Add(maxSkew)):
		return a.deny(ossTooEarly)
	case a.now.After(t.Add(life)):
		return a.deny(expired)
	}
	return a.ossV4(c, stamp, t, true)
}

func (a *attempt) ossV4(c claim, stamp string, t time.Time, presigned bool) (Verdict, *Denied) {
	secret, ok := a.keys(c.accessKeyID)
	switch {
	case !ok:
		return a.deny(unknownKey[OSS])
	case !c.scope.covers(t, "oss", "oss-cloudbox"):
		return a.deny(ossBadScope)
	}
	text := ossV4.stringToSign(stamp, c.scope, a.ossV4Request(c.headers))
	if !signedBy(ossV4.key(secret, c.scope), text, c.signature) {
		return Verdict{}, a.mismatch(text, c.signature)
	}
	return a.granted(c.accessKeyID, c.scope.region, presigned), nil
}

// ossV4Request is the canonical request. The bucket is part of its path even where the host names it.
func (a *attempt) ossV4Request(listed []string) string {
	additional := slices.DeleteFunc(slices.Clone(listed), alwaysSigned)
	payload := a.r.Header.Get("x-oss-content-sha256")
	if payload == "" {
		payload = unsignedPayload
	}
	return strings.Join([]string{
		a.r.Method,
		escape(a.ossPath(), true),
		canonicalQuery(a.query, ossV4.params.signature, ""),
		canonicalHeaders(a.r, a.ossV4Headers(additional), strings.TrimSpace),
		strings.Join(additional, ";"),
		payload,
	}, "\n")
}

// ossV4Headers returns the names of the headers that are signed: some always, if they are there, and the
// additional ones.
func (a *attempt) ossV4Headers(additional []string) []string {
	names := append(headersWith(a.r.Header, "x-oss-"), "content-type", "content-md5")
	names = append(names, additional...)
	slices.Sort(names)
	return slices.Compact(names)
}

func alwaysSigned(name string) bool {
	return strings.HasPrefix(name, "x-oss-") || name == "content-type" || name == "content-md5"
}

// lifetime reads when a presigned request begins and for how long it is valid.
func lifetime(stamp, expires string) (from time.Time, life time.Duration, ok bool) {
	from, err := time.Parse(stampFormat, stamp)
	if err != nil {
		return from, 0, false
	}
	seconds, err := strconv.ParseInt(expires, 10, 32)
	life = time.Duration(seconds) * time.Second
	return from, life, err == nil && seconds > 0 && life <= maxExpiry
}
