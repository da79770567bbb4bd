package devstore

import (
	"errors"
	"net/http"
	"testing"
	"time"

	osscredentials "github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/credentials"
	osssigner "github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/signer"
	"github.com/aws/aws-sdk-go-v2/aws"
	awssigner "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

var temporaryKey = TemporaryKey{AccessKeyID: "STS.AK", AccessKeySecret: "temporary", SessionToken: "token/+="}

// temporarily signs as somebody who holds temporaryKey.
var temporarily = map[string]sign{
	"OSS": func(t *testing.T, r *http.Request, bucket, key string) {
		t.Helper()
		c := &osssigner.SigningContext{Product: aws.String("oss"), Region: aws.String(region), Request: r, Bucket: &bucket,
			Credentials: &osscredentials.Credentials{AccessKeyID: temporaryKey.AccessKeyID, AccessKeySecret: temporaryKey.AccessKeySecret, SecurityToken: temporaryKey.SessionToken}}
		if key != "" {
			c.Key = &key
		}
		if err := (&osssigner.SignerV4{}).Sign(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	},
	"S3": func(t *testing.T, r *http.Request, _, _ string) {
		t.Helper()
		r.Header.Set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
		signer := awssigner.NewSigner(func(o *awssigner.SignerOptions) { o.DisableURIPathEscaping = true })
		err := signer.SignHTTP(t.Context(), aws.Credentials{AccessKeyID: temporaryKey.AccessKeyID, SecretAccessKey: temporaryKey.AccessKeySecret, SessionToken: temporaryKey.SessionToken},
			r, "UNSIGNED-PAYLOAD", "s3", "us-east-1", time.Now())
		if err != nil {
			t.Fatal(err)
		}
	},
}

func TestTemporaryKeyExpires(t *testing.T) {
	for name, want := range map[string]struct {
		status  int
		expired string
	}{"OSS": {403, "SecurityTokenExpired"}, "S3": {400, "ExpiredToken"}} {
		t.Run(name, func(t *testing.T) {
			o := options(t)
			now := time.Now()
			clock := now
			o.now = func() time.Time { return clock }
			k := temporaryKey
			k.Expiration = now.Add(time.Minute)
			o.Temporary = []TemporaryKey{k}
			_, h := start(t, o)
			defer http.DefaultClient.CloseIdleConnections()
			c := client{t: t, base: h.URL, sign: temporarily[name]}
			c.do("PUT", "/demo/k", []byte("x")).ok(200)
			clock = k.Expiration
			c.do("PUT", "/demo/k", []byte("x")).code(want.status, want.expired)
			client{t: t, base: h.URL, sign: signOSS}.do("GET", "/demo/k", nil).ok(200)
		})
	}
}

func TestTemporaryKeyIsNothingWithoutItsToken(t *testing.T) {
	o := options(t)
	k := temporaryKey
	k.SessionToken, k.Expiration = "another", time.Now().Add(time.Hour)
	o.Temporary = []TemporaryKey{k}
	_, h := start(t, o)
	defer http.DefaultClient.CloseIdleConnections()
	client{t: t, base: h.URL, sign: temporarily["OSS"]}.do("GET", "/demo", nil).code(403, "InvalidAccessKeyId")
	client{t: t, base: h.URL, sign: temporarily["S3"]}.do("GET", "/demo", nil).code(400, "InvalidToken")
}

func TestTemporaryKeyThatLacksSomethingIsRefused(t *testing.T) {
	whole := temporaryKey
	whole.Expiration = time.Now().Add(time.Hour)
	for _, spoil := range []func(*TemporaryKey){
		func(k *TemporaryKey) { k.AccessKeyID = "" }, func(k *TemporaryKey) { k.AccessKeySecret = "" },
		func(k *TemporaryKey) { k.SessionToken = "" }, func(k *TemporaryKey) { k.Expiration = time.Time{} },
		func(k *TemporaryKey) { k.AccessKeyID = keyID },
	} {
		o := options(t)
		k := whole
		spoil(&k)
		o.Temporary = []TemporaryKey{k}
		if _, err := New(o); !errors.Is(err, ErrTemporaryKey) {
			t.Errorf("%+v: %v", k, err)
		}
	}
}
