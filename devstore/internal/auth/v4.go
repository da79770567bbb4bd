package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"time"
)

// v4 is what OSS V4 and AWS SigV4 differ in. Both derive a key from the secret and a scope, and sign the hash of a
// canonical request.
type v4 struct {
	algorithm  string
	prefix     string // of the secret, where the derivation starts
	terminator string // of the scope
	headers    string // field of Authorization that lists the headers signed
	params     v4Params
}

// v4Params are the names of the query's parameters in a presigned request.
type v4Params struct{ version, credential, date, expires, headers, signature string }

var (
	ossV4 = v4{
		algorithm: "OSS4-HMAC-SHA256", prefix: "aliyun_v4", terminator: "aliyun_v4_request", headers: "AdditionalHeaders",
		params: v4Params{
			version: "x-oss-signature-version", credential: "x-oss-credential", date: "x-oss-date",
			expires: "x-oss-expires", headers: "x-oss-additional-headers", signature: "x-oss-signature",
		},
	}
	sigV4 = v4{
		algorithm: "AWS4-HMAC-SHA256", prefix: "AWS4", terminator: "aws4_request", headers: "SignedHeaders",
		params: v4Params{
			version: "X-Amz-Algorithm", credential: "X-Amz-Credential", date: "X-Amz-Date",
			expires: "X-Amz-Expires", headers: "X-Amz-SignedHeaders", signature: "X-Amz-Signature",
		},
	}
)

// stampFormat is the form of a V4 timestamp.
const stampFormat = "20060102T150405Z"

// scope is what a derived key is good for.
type scope struct{ day, region, service, terminator string }

func (s scope) String() string {
	return s.day + "/" + s.region + "/" + s.service + "/" + s.terminator
}

// covers reports whether the scope is of one of the services and of t's day.
func (s scope) covers(t time.Time, services ...string) bool {
	return s.day == t.UTC().Format("20060102") && slices.Contains(services, s.service)
}

// claim is what a V4 signature says of itself.
type claim struct {
	accessKeyID string
	scope       scope
	headers     []string // in lower case, sorted: the additional ones in OSS, all signed ones in SigV4
	signature   string
}

// fromHeader reads "ALGORITHM Credential=…,Headers=…,Signature=…"; blanks after the commas are optional.
func (f v4) fromHeader(authorization string) (claim, bool) {
	rest, ok := strings.CutPrefix(authorization, f.algorithm+" ")
	if !ok {
		return claim{}, false
	}
	fields := make(map[string]string, 3)
	for field := range strings.SplitSeq(rest, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(field), "=")
		if _, twice := fields[name]; !ok || twice {
			return claim{}, false
		}
		fields[name] = value
	}
	return f.claim(fields["Credential"], fields[f.headers], fields["Signature"])
}

// fromQuery reads the claim of a presigned request.
func (f v4) fromQuery(query url.Values) (claim, bool) {
	if query.Get(f.params.version) != f.algorithm {
		return claim{}, false
	}
	return f.claim(query.Get(f.params.credential), query.Get(f.params.headers), query.Get(f.params.signature))
}

func (f v4) claim(credential, headers, signature string) (claim, bool) {
	parts := strings.Split(credential, "/")
	n := len(parts) - 4 // the id itself may hold slashes
	if n < 1 || parts[n+3] != f.terminator || signature == "" {
		return claim{}, false
	}
	c := claim{
		accessKeyID: strings.Join(parts[:n], "/"),
		scope:       scope{parts[n], parts[n+1], parts[n+2], parts[n+3]},
		signature:   signature,
	}
	if headers != "" {
		c.headers = strings.Split(strings.ToLower(headers), ";")
		slices.Sort(c.headers)
	}
	return c, c.accessKeyID != ""
}

// key derives the signing key of a scope.
func (f v4) key(secret string, s scope) []byte {
	k := []byte(f.prefix + secret)
	for _, step := range []string{s.day, s.region, s.service, s.terminator} {
		k = mac(sha256.New, k, step)
	}
	return k
}

// stringToSign names the algorithm, the time and the scope above what is signed.
func (f v4) stringToSign(stamp string, s scope, canonicalRequest string) string {
	return f.algorithm + "\n" + stamp + "\n" + s.String() + "\n" + hexSum(canonicalRequest)
}

// signedBy reports whether a signature, in hexadecimal, is that of the text. It takes constant time.
func signedBy(key []byte, text, signature string) bool {
	got, err := hex.DecodeString(signature)
	return err == nil && hmac.Equal(got, mac(sha256.New, key, text))
}

func hexSum(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
