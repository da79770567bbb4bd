package auth

import (
	"bufio"
	"bytes"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/credentials"
	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/signer"
	"github.com/aws/aws-sdk-go-v2/aws"
	awssigner "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go/encoding/httpbinding"
	"pgregory.net/rapid"
)

const (
	testID     = "an/id"
	testSecret = "a secret"
	testRegion = "cn-hangzhou"
)

// trial is a request that an oracle signs.
type trial struct {
	method, bucket, key string
	query               url.Values
	header              http.Header
	token               string
}

// scheme is a way to sign, with the vendor's signer for it.
type scheme struct {
	name   string
	prefix string // of the dialect's headers
	sign   func(t rapid.TB, s trial, r *http.Request, now time.Time)
}

var schemes = []scheme{
	{"oss v1", "X-Oss-", func(t rapid.TB, s trial, r *http.Request, now time.Time) {
		signOSS(t, &signer.SignerV1{}, s, r, signer.SigningContext{Time: now})
	}},
	{"oss v1 presigned", "X-Oss-", func(t rapid.TB, s trial, r *http.Request, now time.Time) {
		signOSS(t, &signer.SignerV1{}, s, r, signer.SigningContext{Time: now.Add(time.Minute), AuthMethodQuery: true})
	}},
	{"oss v4", "X-Oss-", func(t rapid.TB, s trial, r *http.Request, now time.Time) {
		signOSS(t, &signer.SignerV4{}, s, r, signer.SigningContext{Time: now, AdditionalHeaders: []string{"Range", "x-oss-meta-a", "absent"}})
	}},
	{"oss v4 presigned", "X-Oss-", func(t rapid.TB, s trial, r *http.Request, _ time.Time) {
		signOSS(t, &signer.SignerV4{}, s, r, signer.SigningContext{Time: time.Now().Add(time.Minute), AuthMethodQuery: true, AdditionalHeaders: []string{"Range"}})
	}},
	{"sigv4", "X-Amz-", func(t rapid.TB, s trial, r *http.Request, now time.Time) {
		r.Header.Set("X-Amz-Content-Sha256", unsignedPayload)
		c := aws.Credentials{AccessKeyID: testID, SecretAccessKey: testSecret, SessionToken: s.token}
		must(t, awsSigner().SignHTTP(context.Background(), c, r, unsignedPayload, "s3", testRegion, now))
	}},
	{"sigv4 presigned", "X-Amz-", func(t rapid.TB, s trial, r *http.Request, now time.Time) {
		c := aws.Credentials{AccessKeyID: testID, SecretAccessKey: testSecret, SessionToken: s.token}
		query := r.URL.Query()
		query.Set("X-Amz-Expires", "60")
		r.URL.RawQuery = query.Encode()
		signed, header, err := awsSigner().PresignHTTP(context.Background(), c, r, unsignedPayload, "s3", testRegion, now)
		must(t, err)
		r.URL, err = url.Parse(signed)
		must(t, err)
		r.Header = header
	}},
}

func awsSigner() *awssigner.Signer {
	return awssigner.NewSigner(func(o *awssigner.SignerOptions) { o.DisableURIPathEscaping = true })
}

func signOSS(t rapid.TB, by signer.Signer, s trial, r *http.Request, c signer.SigningContext) {
	product, region := "oss", testRegion
	c.Product, c.Region, c.Request = &product, &region, r
	c.Bucket, c.Key = &s.bucket, &s.key
	c.Credentials = &credentials.Credentials{AccessKeyID: testID, AccessKeySecret: testSecret, SecurityToken: s.token}
	must(t, by.Sign(context.Background(), &c))
}

func must(t rapid.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// drawTrial makes up a request with awkward keys, sub-resources, other parameters, and headers.
func drawTrial(t *rapid.T, prefix string) trial {
	text := rapid.StringMatching(`[a-zA-Z0-9 +%~!*'();:@&=,/?#\[\]目录😀-]{0,12}`)
	names := rapid.SampledFrom([]string{"uploads", "uploadId", "partNumber", "acl", "prefix", "encoding-type", "a b", "versionId", "+x", "x"})
	s := trial{
		method: rapid.SampledFrom([]string{"GET", "PUT", "POST", "HEAD", "DELETE"}).Draw(t, "method"),
		bucket: "bucket", key: "k" + text.Draw(t, "key"), query: url.Values{}, header: http.Header{},
		token: rapid.SampledFrom([]string{"", "a+token/=="}).Draw(t, "token"),
	}
	for _, name := range rapid.SliceOfNDistinct(names, 0, 4, rapid.ID).Draw(t, "query names") {
		s.query.Set(name, text.Draw(t, "query value"))
	}
	value := rapid.StringMatching(`[a-z0-9,;=:目-]{1,8}(  [a-z]{1,3})?`)
	s.header.Set(prefix+"Meta-A", value.Draw(t, "metadata"))
	s.header.Set("Content-Type", "text/plain; charset=utf-8")
	if rapid.Bool().Draw(t, "more headers") {
		s.header.Set("Range", "bytes=0-9")
		s.header.Set("Content-Md5", "eB5eJF1ptWaXm4bijSPyxw==")
		s.header.Set(prefix+"Object-Acl", "private")
	}
	return s
}

// request returns the trial as a client has it before it signs.
func (s trial) request(t rapid.TB) *http.Request {
	path := "/" + s.bucket + "/" + s.key
	r, err := http.NewRequest(s.method, "http://127.0.0.1:9090", http.NoBody)
	must(t, err)
	r.URL.Path, r.URL.RawPath = path, httpbinding.EscapePath(path, false)
	r.URL.RawQuery = strings.ReplaceAll(s.query.Encode(), "+", "%20")
	r.Header = s.header.Clone()
	return r
}

// received sends a request through the wire's format.
func received(t rapid.TB, r *http.Request) *http.Request {
	var b bytes.Buffer
	must(t, r.Write(&b))
	got, err := http.ReadRequest(bufio.NewReader(&b))
	must(t, err)
	return got
}

func (s trial) verify(r *http.Request, now time.Time) (Verdict, *Denied) {
	key := strings.TrimPrefix(r.URL.Path, "/"+s.bucket+"/")
	return Verify(r, s.bucket, key, known(testID, testSecret), now)
}

// check tries three hundred requests: rapid makes a hundred at a time.
func check(t *testing.T, prop func(*rapid.T)) {
	for range 3 {
		rapid.Check(t, prop)
	}
}

func TestVendorsSignaturesAreGranted(t *testing.T) {
	for _, scheme := range schemes {
		t.Run(scheme.name, func(t *testing.T) {
			check(t, func(t *rapid.T) {
				now := time.Now().Truncate(time.Second)
				s := drawTrial(t, scheme.prefix)
				r := s.request(t)
				scheme.sign(t, s, r, now)
				v, d := s.verify(received(t, r), now)
				if d != nil {
					t.Fatalf("%s %s\n%v\n%v\n%s", r.Method, r.URL, r.Header, d, d.StringToSign)
				}
				if v.AccessKeyID != testID || v.Presigned != strings.HasSuffix(scheme.name, "presigned") {
					t.Fatalf("verdict %+v", v)
				}
			})
		})
	}
}

// tamper is a change that a signature has to notice.
type tamper struct {
	name string
	do   func(*http.Request)
}

// tampers returns the changes that apply to a signed request.
func tampers(r *http.Request, prefix string) []tamper {
	list := []tamper{
		{"method", func(r *http.Request) { r.Method = "OPTIONS" }},
		{"key", func(r *http.Request) { r.URL.Path += "x" }},
		{"new header", func(r *http.Request) { r.Header.Set(prefix+"Meta-New", "x") }},
		{"header repeated", func(r *http.Request) { r.Header.Add(prefix+"Meta-A", "x") }},
		{"new sub-resource", func(r *http.Request) { r.URL.RawQuery += "&position=7" }},
	}
	if prefix == "X-Amz-" {
		list = append(list, tamper{"host", func(r *http.Request) { r.Host = "other" }})
	}
	for name := range r.Header {
		if covered(name, prefix) {
			list = append(list, tamper{"header " + name, func(r *http.Request) { r.Header.Set(name, altered(r.Header.Get(name))) }},
				tamper{"no header " + name, func(r *http.Request) { r.Header.Del(name) }})
		}
	}
	query := r.URL.Query()
	for name := range query {
		if subResources[name] || hasPrefixFold(name, prefix) || isV1Param(name) {
			list = append(list, tamper{"parameter " + name, func(r *http.Request) { setParam(r, name, altered(query.Get(name))) }},
				tamper{"parameter repeated " + name, func(r *http.Request) { r.URL.RawQuery += "&" + url.QueryEscape(name) + "=1" }})
		}
	}
	return list
}

func isV1Param(name string) bool {
	return slices.Contains([]string{"OSSAccessKeyId", "Expires", "Signature"}, name)
}

// covered reports whether every scheme of a dialect signs a header. Date stands for x-oss-date where that is absent.
func covered(name, prefix string) bool {
	return hasPrefixFold(name, prefix) || name == "Authorization" || name == "Content-Type" || name == "Content-Md5"
}

// altered changes the first digit or letter of a value into another one.
func altered(s string) string {
	i := strings.IndexFunc(s, func(r rune) bool { return '0' <= r && r <= '8' })
	if i < 0 {
		return s + "x"
	}
	return s[:i] + strconv.Itoa(int(s[i]-'0')+1) + s[i+1:]
}

func setParam(r *http.Request, name, value string) {
	query := r.URL.Query()
	query.Set(name, value)
	r.URL.RawQuery = query.Encode()
}

// harmless are changes that mean the same: V1's parameters are read once, and their repetition is not looked at.
func harmless(scheme, name string) bool {
	return scheme == "oss v1 presigned" && strings.HasPrefix(name, "parameter repeated ") &&
		isV1Param(strings.TrimPrefix(name, "parameter repeated "))
}

func TestTamperingIsRefused(t *testing.T) {
	for _, scheme := range schemes {
		t.Run(scheme.name, func(t *testing.T) {
			check(t, func(t *rapid.T) {
				now := time.Now().Truncate(time.Second)
				s := drawTrial(t, scheme.prefix)
				signed := s.request(t)
				scheme.sign(t, s, signed, now)
				for _, change := range tampers(received(t, signed), scheme.prefix) {
					r := received(t, signed)
					change.do(r)
					if _, d := s.verify(r, now); d == nil && !harmless(scheme.name, change.name) {
						t.Fatalf("%s: granted to\n%s %s\n%v", change.name, r.Method, r.URL, r.Header)
					}
				}
			})
		})
	}
}

func TestTimeOfASignature(t *testing.T) {
	s := trial{method: "GET", bucket: "bucket", key: "key", query: url.Values{}, header: http.Header{}}
	for _, scheme := range schemes {
		now := time.Now().Truncate(time.Second)
		r := s.request(t)
		scheme.sign(t, s, r, now)
		late, early := "RequestTimeTooSkewed", "RequestTimeTooSkewed"
		if strings.HasSuffix(scheme.name, "presigned") {
			late, early = "AccessDenied", "AccessDenied"
		}
		t.Run(scheme.name, func(t *testing.T) {
			_, d := s.verify(received(t, r), now)
			if d != nil {
				t.Fatalf("in time: %v", d)
			}
			_, d = s.verify(received(t, r), now.Add(maxSkew+2*time.Second))
			wantDenied(t, d, 403, late)
			if scheme.name == "oss v1 presigned" {
				return // says only when it ends
			}
			_, d = s.verify(received(t, r), now.Add(-maxSkew-2*time.Second))
			wantDenied(t, d, 403, early)
		})
	}
}

func TestUnknownKeyAndWrongSecretAreToldApart(t *testing.T) {
	s := trial{method: "GET", bucket: "bucket", key: "key", query: url.Values{}, header: http.Header{}}
	for _, scheme := range schemes {
		t.Run(scheme.name, func(t *testing.T) {
			now := time.Now()
			r := s.request(t)
			scheme.sign(t, s, r, now)
			r = received(t, r)
			_, d := Verify(r, "bucket", "key", known("other", testSecret), now)
			wantDenied(t, d, 403, "InvalidAccessKeyId")
			if d.Dialect == OSS && d.EC != "0002-00000902" {
				t.Errorf("ec %q", d.EC)
			}
			_, d = Verify(r, "bucket", "key", known(testID, "other"), now)
			wantDenied(t, d, 403, "SignatureDoesNotMatch")
			if d.StringToSign == "" || d.SignatureProvided == "" || !d.ServerTime.Equal(now) {
				t.Errorf("says too little: %+v", d)
			}
		})
	}
}

// ali-oss sends x-oss-date and no Date, repeats it among the headers, and signs only what it calls sub-resources.
func TestAliOSSWithoutDateIsGranted(t *testing.T) {
	now := time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC)
	stamp := now.Format(http.TimeFormat)
	r := wire(t, "GET", "http://localhost:9090/bucket/?uploads=&prefix=p&encoding-type=url&max-uploads=2", http.Header{"X-Oss-Date": {stamp}})
	a := &attempt{r: wire(t, "GET", "http://h/?uploads", r.Header), bucket: "bucket", query: url.Values{"uploads": {""}}}
	text := a.ossV1StringToSign(stamp)
	if want := "GET\n\n\n" + stamp + "\nx-oss-date:" + stamp + "\n/bucket/?uploads"; text != want {
		t.Fatalf("string to sign %q", text)
	}
	signed, err := http.NewRequest(http.MethodGet, "http://h/?uploads", http.NoBody)
	must(t, err)
	signed.Header = r.Header.Clone()
	signOSS(t, &signer.SignerV1{}, trial{bucket: "bucket"}, signed, signer.SigningContext{Time: now})
	r.Header.Set("Authorization", signed.Header.Get("Authorization"))
	_, d := Verify(r, "bucket", "", known(testID, testSecret), now)
	if d != nil {
		t.Fatalf("%v\n%s", d, d.StringToSign)
	}
}

// aliyun-oss-go-sdk v1 signs V4 with the Date header itself as the timestamp.
func TestOSSV4OverDateIsGranted(t *testing.T) {
	now := time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC)
	r := wire(t, "GET", "http://127.0.0.1/bucket/a%2Fb", http.Header{"Date": {now.Format(http.TimeFormat)}})
	s := scope{"20250102", testRegion, "oss", "aliyun_v4_request"}
	a := &attempt{r: r, bucket: "bucket", key: "a/b"}
	text := ossV4.stringToSign(now.Format(http.TimeFormat), s, a.ossV4Request(nil))
	r.Header.Set("Authorization", "OSS4-HMAC-SHA256 Credential="+testID+"/"+s.String()+
		",Signature="+hexMAC(ossV4.key(testSecret, s), text))
	v, d := Verify(r, "bucket", "a/b", known(testID, testSecret), now)
	wantGranted(t, v, d, testID)
	if v.Region != testRegion {
		t.Errorf("region %q", v.Region)
	}
}

func TestScopeOfAnotherDayIsRefused(t *testing.T) {
	now := time.Date(2025, 1, 2, 0, 5, 0, 0, time.UTC)
	r := wire(t, "GET", "http://127.0.0.1/b/k", http.Header{
		"X-Oss-Date":    {now.Format(stampFormat)},
		"Authorization": {"OSS4-HMAC-SHA256 Credential=" + testID + "/20250101/r/oss/aliyun_v4_request,Signature=00"},
	})
	_, d := Verify(r, "b", "k", known(testID, testSecret), now)
	wantDenied(t, d, 400, "InvalidArgument")
}
