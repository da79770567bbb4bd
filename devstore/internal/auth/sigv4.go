package auth

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// sigV4Header verifies "Authorization: AWS4-HMAC-SHA256 Credential=…".
func (a *attempt) sigV4Header() (Verdict, *Denied) {
	c, ok := sigV4.fromHeader(a.r.Header.Get("Authorization"))
	if !ok {
		return a.deny(s3BadHeader)
	}
	t, ok := sigV4Time(a.r.Header)
	payload := a.r.Header.Get("x-amz-content-sha256")
	switch {
	case !ok:
		return a.deny(noDate[S3])
	case a.skewed(t):
		return a.deny(skewed)
	case !c.scope.covers(t, "s3"):
		return a.deny(s3BadHeader)
	case payload == "":
		return a.deny(s3NoPayload)
	}
	return a.sigV4(c, t, payload, false)
}

// sigV4Query verifies a presigned request.
func (a *attempt) sigV4Query() (Verdict, *Denied) {
	c, ok := sigV4.fromQuery(a.query)
	if !ok {
		return a.deny(s3BadParams)
	}
	t, life, ok := lifetime(a.query.Get(sigV4.params.date), a.query.Get(sigV4.params.expires))
	switch {
	case !ok, !c.scope.covers(t, "s3"):
		return a.deny(s3BadParams)
	case t.After(a.now.Add(maxSkew)):
		return a.deny(s3TooEarly)
	case a.now.After(t.Add(life)):
		return a.deny(expired)
	}
	return a.sigV4(c, t, a.presignedPayload(), true)
}

// presignedPayload is what a presigned request says of its body: mostly nothing, since whoever signs it does not
// know the body.
func (a *attempt) presignedPayload() string {
	for _, said := range []string{a.r.Header.Get("x-amz-content-sha256"), a.query.Get("X-Amz-Content-Sha256")} {
		if said != "" {
			return said
		}
	}
	return unsignedPayload
}

func (a *attempt) sigV4(c claim, t time.Time, payload string, presigned bool) (Verdict, *Denied) {
	secret, ok := a.keys(c.accessKeyID)
	switch {
	case !ok:
		return a.deny(unknownKey[S3])
	case !a.coversHeaders(c.headers):
		return a.deny(s3Unsigned)
	}
	key, stamp := sigV4.key(secret, c.scope), t.UTC().Format(stampFormat)
	text := sigV4.stringToSign(stamp, c.scope, a.sigV4Request(c.headers, payload))
	if !signedBy(key, text, c.signature) {
		return Verdict{}, a.mismatch(text, c.signature)
	}
	v := a.granted(c.accessKeyID, c.scope.region, presigned)
	d := a.payload(&v, payload, chain{attempt: a, key: key, stamp: stamp, scope: c.scope, last: c.signature})
	return v, d
}

// coversHeaders reports whether the signature covers what S3 demands: the host, and every header of its own.
func (a *attempt) coversHeaders(signed []string) bool {
	for _, name := range append(headersWith(a.r.Header, "x-amz-"), "host") {
		if _, found := slices.BinarySearch(signed, name); !found {
			return false
		}
	}
	return true
}

// sigV4Request is the canonical request. Its path is the one of the URL, which S3 escapes only once.
func (a *attempt) sigV4Request(signed []string, payload string) string {
	path := a.r.URL.Path
	if path == "" {
		path = "/"
	}
	return strings.Join([]string{
		a.r.Method,
		escape(path, true),
		canonicalQuery(a.query, sigV4.params.signature, "="),
		canonicalHeaders(a.r, signed, collapse),
		strings.Join(signed, ";"),
		payload,
	}, "\n")
}

// collapse trims a value and makes one blank of several.
func collapse(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' }), " ")
}

// sigV4Time returns the time of a request: x-amz-date or, without it, Date.
func sigV4Time(h http.Header) (time.Time, bool) {
	if stamp := h.Get("x-amz-date"); stamp != "" {
		t, err := time.Parse(stampFormat, stamp)
		return t, err == nil
	}
	t, err := http.ParseTime(h.Get("Date"))
	return t, err == nil
}
