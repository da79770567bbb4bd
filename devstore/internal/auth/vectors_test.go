package auth

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// The OSS documentation, "Add signatures to headers".
func TestVectorOSSV1Documentation(t *testing.T) {
	r := wire(t, "PUT", "http://oss-example.oss-cn-hangzhou.aliyuncs.com/nelson", http.Header{
		"Content-Md5":       {"ODBGOERFMDMzQTczRUY3NUE3NzA5QzdFNUYzMDQxNEM="},
		"Content-Type":      {"text/html"},
		"Date":              {"Thu, 17 Nov 2005 18:49:58 GMT"},
		"X-Oss-Meta-Author": {"foo@bar.com"},
		"X-Oss-Magic":       {"abracadabra"},
		"Authorization":     {"OSS 44CF9590006BF252F707:26NBxoKdsyly4EDv6inkoDft/yA="},
	})
	now := parseTime(t, http.TimeFormat, "Thu, 17 Nov 2005 18:49:58 GMT")
	v, d := Verify(r, "oss-example", "nelson", known("44CF9590006BF252F707", "OtxrzxIsfpFjA7SwPzILwy8Bw21TLhquhboDYROV"), now)
	wantGranted(t, v, d, "44CF9590006BF252F707")
}

// The tests of alibabacloud-oss-go-sdk-v2, oss/signer/signer_test.go, TestV1AuthHeader.
func TestVectorsOSSV1Header(t *testing.T) {
	meta := http.Header{
		"Content-Md5": {"eB5eJF1ptWaXm4bijSPyxw=="}, "Content-Type": {"text/html"},
		"X-Oss-Meta-Author": {"alice"}, "X-Oss-Meta-Magic": {"abracadabra"},
	}
	for _, c := range []struct {
		method, query, key, signature string
		header                        http.Header
	}{
		{"PUT", "", "nelson", "kSHKmLxlyEAKtZPkJhG9bZb5k7M=", meta},
		{"PUT", "?acl", "nelson", "/afkugFbmWDQ967j1vr6zygBLQk=", meta},
		{"GET", "?resourceGroup&non-resousce=null", "", "vkQmfuUDyi1uDi3bKt67oemssIs=", nil},
		{"GET", "?resourceGroup&acl", "", "x3E5TgOvl/i7PN618s5mEvpJDYk=", nil},
	} {
		r := wire(t, c.method, "http://examplebucket.oss-cn-hangzhou.aliyuncs.com/"+c.key+c.query, c.header)
		r.Header.Set("X-Oss-Date", "Wed, 28 Dec 2022 10:27:41 GMT")
		r.Header.Set("Authorization", "OSS ak:"+c.signature)
		now := parseTime(t, http.TimeFormat, "Wed, 28 Dec 2022 10:27:41 GMT")
		v, d := Verify(r, "examplebucket", c.key, known("ak", "sk"), now)
		wantGranted(t, v, d, "ak")
	}
}

// The same file, TestV1AuthQuery.
func TestVectorsOSSV1Query(t *testing.T) {
	for _, c := range []struct{ target, key, until string }{
		{"key?Expires=1699807420&OSSAccessKeyId=ak&Signature=dcLTea%2BYh9ApirQ8o8dOPqtvJXQ%3D&versionId=versionId", "key", "Sun, 12 Nov 2023 16:43:40 GMT"},
		{"key%2B123?Expires=1699808204&OSSAccessKeyId=ak&Signature=jzKYRrM5y6Br0dRFPaTGOsbrDhY%3D&security-token=token&versionId=versionId", "key+123", "Sun, 12 Nov 2023 16:56:44 GMT"},
	} {
		r := wire(t, "GET", "http://bucket.oss-cn-hangzhou.aliyuncs.com/"+c.target, nil)
		until := parseTime(t, http.TimeFormat, c.until)
		v, d := Verify(r, "bucket", c.key, known("ak", "sk"), until)
		wantGranted(t, v, d, "ak")
		if !v.Presigned {
			t.Error("not known as presigned")
		}
		_, d = Verify(r, "bucket", c.key, known("ak", "sk"), until.Add(time.Second))
		wantDenied(t, d, 403, "AccessDenied")
	}
}

const vectorQuery = "?%2Bparam1=value3&%2Bparam2=&%7Cparam1=value4&%7Cparam2=&param1=value1&param2="

func vectorHeader(contentType string) http.Header {
	return http.Header{
		"X-Oss-Head1": {"value"}, "Abc": {"value"}, "Zabc": {"value"}, "Xyz": {"value"}, "Content-Type": {contentType},
	}
}

// The same file, TestV4AuthHeader and its kin.
func TestVectorsOSSV4Header(t *testing.T) {
	for _, c := range []struct {
		name, scope, fields, token, signature string
		unix                                  int64
	}{
		{"plain", "20231216/cn-hangzhou/oss", "", "", "e21d18daa82167720f9b1047ae7e7f1ce7cb77a31e8203a7d5f4624fa0284afe", 1702743657},
		{"cloud box", "20231216/cb-123/oss-cloudbox", "", "", "94ce1f12c17d148ea681030275a94449d3357f5b5b21133996eec80af3e08a43", 1702743657},
		{"token", "20231217/cn-hangzhou/oss", "", "token", "b94a3f999cf85bcdc00d332fbd3734ba03e48382c36fa4d5af5df817395bd9ea", 1702784856},
		{"additional headers", "20231216/cn-hangzhou/oss", "AdditionalHeaders=abc;zabc,", "", "4a4183c187c07c8947db7620deb0a6b38d9fbdd34187b6dbaccb316fa251212f", 1702747512},
	} {
		for _, separator := range []string{",", ", "} {
			t.Run(c.name, func(t *testing.T) {
				now := time.Unix(c.unix, 0).UTC()
				r := wire(t, "PUT", "http://bucket.oss-cn-hangzhou.aliyuncs.com/"+vectorQuery, vectorHeader("text/plain"))
				r.Header.Set("X-Oss-Content-Sha256", unsignedPayload)
				r.Header.Set("X-Oss-Date", now.Format(stampFormat))
				if c.token != "" {
					r.Header.Set("X-Oss-Security-Token", c.token)
				}
				r.Header.Set("Authorization", strings.ReplaceAll("OSS4-HMAC-SHA256 Credential=ak/"+c.scope+
					"/aliyun_v4_request,"+c.fields+"Signature="+c.signature, ",", separator))
				v, d := Verify(r, "bucket", "1234+-/123/1.txt", known("ak", "sk"), now)
				wantGranted(t, v, d, "ak")
			})
		}
	}
}

// The same file, TestV4AuthQuery and its kin.
func TestVectorsOSSV4Query(t *testing.T) {
	for _, c := range []struct {
		name, params, signature string
		unix                    int64
	}{
		{"plain", "", "a39966c61718be0d5b14e668088b3fa07601033f6518ac7b523100014269c0fe", 1702781677},
		{"token", "&x-oss-security-token=token", "3817ac9d206cd6dfc90f1c09c00be45005602e55898f26f5ddb06d7892e1f8b5", 1702785388},
		{"additional headers", "&x-oss-additional-headers=abc%3Bzabc", "6bd984bfe531afb6db1f7550983a741b103a8c58e5e14f83ea474c2322dfa2b7", 1702783809},
	} {
		t.Run(c.name, func(t *testing.T) {
			now := time.Unix(c.unix, 0).UTC()
			r := wire(t, "PUT", "http://bucket.oss-cn-hangzhou.aliyuncs.com/"+vectorQuery+c.params+
				"&x-oss-signature-version=OSS4-HMAC-SHA256&x-oss-expires=599&x-oss-date="+now.Format(stampFormat)+
				"&x-oss-credential=ak%2F20231217%2Fcn-hangzhou%2Foss%2Faliyun_v4_request&x-oss-signature="+c.signature,
				vectorHeader("application/octet-stream"))
			v, d := Verify(r, "bucket", "1234+-/123/1.txt", known("ak", "sk"), now)
			wantGranted(t, v, d, "ak")
			_, d = Verify(r, "bucket", "1234+-/123/1.txt", known("ak", "sk"), now.Add(600*time.Second))
			wantDenied(t, d, 403, "AccessDenied")
		})
	}
}

const (
	awsID     = "AKIAIOSFODNN7EXAMPLE"
	awsSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	awsField  = "AWS4-HMAC-SHA256 Credential=" + awsID + "/20130524/us-east-1/s3/aws4_request"
)

var awsNow = time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC)

// The Amazon S3 API reference, "Examples: Signature Calculations".
func TestVectorsSigV4(t *testing.T) {
	for _, c := range []struct {
		name, method, target string
		header               http.Header
	}{
		{"get object", "GET", "/test.txt", http.Header{
			"Range": {"bytes=0-9"}, "X-Amz-Content-Sha256": {emptySum}, "X-Amz-Date": {"20130524T000000Z"},
			"Authorization": {awsField + ",SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
		}},
		{"put object", "PUT", "/test$file.text", http.Header{
			"Date": {"Fri, 24 May 2013 00:00:00 GMT"}, "X-Amz-Date": {"20130524T000000Z"}, "X-Amz-Storage-Class": {"REDUCED_REDUNDANCY"},
			"X-Amz-Content-Sha256": {"44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"},
			"Authorization":        {awsField + ",SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class,Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
		}},
		{"list objects", "GET", "/?max-keys=2&prefix=J", http.Header{
			"X-Amz-Content-Sha256": {emptySum}, "X-Amz-Date": {"20130524T000000Z"},
			"Authorization": {awsField + ",SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
		}},
		{"presigned", "GET", "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := wire(t, c.method, "http://examplebucket.s3.amazonaws.com"+c.target, c.header)
			v, d := Verify(r, "examplebucket", strings.TrimPrefix(r.URL.Path, "/"), known(awsID, awsSecret), awsNow)
			wantGranted(t, v, d, awsID)
			if v.Region != "us-east-1" || v.Dialect != S3 {
				t.Errorf("granted in %v, %q", v.Dialect, v.Region)
			}
		})
	}
}

// streamed returns the example of the S3 API reference for signed chunks, with or without a trailer.
func streamed(t testing.TB, trailer bool) *http.Request {
	h := http.Header{
		"X-Amz-Date": {"20130524T000000Z"}, "X-Amz-Storage-Class": {"REDUCED_REDUNDANCY"}, "Content-Encoding": {"aws-chunked"},
		"X-Amz-Content-Sha256": {streamingSigned}, "X-Amz-Decoded-Content-Length": {"66560"},
		"Authorization": {awsField + ",SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"},
	}
	r := wire(t, "PUT", "http://s3.amazonaws.com/examplebucket/chunkObject.txt", h)
	r.ContentLength = 66824
	if trailer {
		r.Header.Set("X-Amz-Content-Sha256", streamingTrailer)
		r.Header.Set("X-Amz-Trailer", "x-amz-checksum-crc32c")
		r.ContentLength = -1
		r.Header.Set("Authorization", awsField+",SignedHeaders=content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer,Signature=106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e")
	}
	return r
}

func streamedBody(signatures [3]string, end string) string {
	return "10000;chunk-signature=" + signatures[0] + "\r\n" + strings.Repeat("a", 65536) + "\r\n" +
		"400;chunk-signature=" + signatures[1] + "\r\n" + strings.Repeat("a", 1024) + "\r\n" +
		"0;chunk-signature=" + signatures[2] + "\r\n" + end + "\r\n"
}

var plainBody = streamedBody([3]string{
	"ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
	"0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
	"b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
}, "")

var trailerBody = streamedBody([3]string{
	"b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
	"1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
	"2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
}, "x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n")

// The Amazon S3 API reference, "Transferring Payload in Multiple Chunks".
func TestVectorsStreaming(t *testing.T) {
	for _, trailer := range []bool{false, true} {
		body := plainBody
		if trailer {
			body = trailerBody
		}
		v, d := Verify(streamed(t, trailer), "examplebucket", "chunkObject.txt", known(awsID, awsSecret), awsNow)
		wantGranted(t, v, d, awsID)
		got, err := io.ReadAll(v.Body(strings.NewReader(body)))
		if err != nil {
			t.Fatalf("trailer %v: %v", trailer, err)
		}
		if v.DecodedLength != 66560 || !bytes.Equal(got, bytes.Repeat([]byte("a"), 66560)) {
			t.Errorf("decoded %d bytes of %d", len(got), v.DecodedLength)
		}
		if trailer && v.Trailer().Get("x-amz-checksum-crc32c") != "sOO8/Q==" {
			t.Errorf("trailer %v", v.Trailer())
		}
	}
}
