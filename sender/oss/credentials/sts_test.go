package credentials

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/sender"
)

const roleARN = "acs:ram::1234567890123456:role/loader"

// assuming is a world in which a key in the environment assumes a role.
func assuming(t *testing.T) *world {
	return newWorld(t, map[string]string{
		"ALIBABA_CLOUD_ACCESS_KEY_ID": keyID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": secret,
		"ALIBABA_CLOUD_ROLE_ARN": roleARN, "ALIBABA_CLOUD_ROLE_SESSION_NAME": "night", "ALIBABA_CLOUD_EXTERNAL_ID": "a b*c~d",
	})
}

// TestSignatureIsTheVendors compares with a request that credentials-go v1.4.14 sent.
func TestSignatureIsTheVendors(t *testing.T) {
	sent, err := url.ParseQuery("AccessKeyId=LTAIexample&Action=AssumeRole&Format=JSON&SecurityToken=CAIS%2Btoken%2F%3D%2A+~" +
		"&Signature=9bZ4LsJ5bzP6BfBt462108TEp3s%3D&SignatureMethod=HMAC-SHA1&SignatureNonce=5bc261251923e91f045c35650e3fdb49" +
		"&SignatureVersion=1.0&Timestamp=2026-11-20T14%3A46%3A19Z&Version=2015-04-01" +
		"&DurationSeconds=1800&ExternalId=a+b%2Ac~d&RoleArn=acs%3Aram%3A%3A1234567890123456%3Arole%2Floader&RoleSessionName=ingest")
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.Parse(time.RFC3339, sent.Get("Timestamp"))
	if err != nil {
		t.Fatal(err)
	}
	s := &sts{service: service{now: func() time.Time { return at }}}
	var p []parameter
	for name, values := range sent {
		if !slices.Contains([]string{"Signature", "Format", "Version", "Timestamp"}, name) {
			p = append(p, parameter{name, values[0]})
		}
	}
	if got := signature(s.form(p), "example/secret+"); got != sent.Get("Signature") {
		t.Errorf("got %s, want %s", got, sent.Get("Signature"))
	}
}

func TestKeyInTheEnvironmentAssumesTheRole(t *testing.T) {
	w := assuming(t)
	f := &fakeSTS{}
	f.start(w)
	c, i := w.get()
	if c.AccessKeyID != "STS.1" || c.SecurityToken != "issued-1" {
		t.Errorf("got %v", c)
	}
	if i.Source != "environment" || i.Role != roleARN+"/night" || !i.Renews || !i.Temporary || time.Until(i.Expires).Round(time.Minute) != time.Hour {
		t.Errorf("got %+v", i)
	}
	form := f.heard()[0]
	if form.Get("ExternalId") != "a b*c~d" || form.Get("DurationSeconds") != "3600" || form.Get("RoleSessionName") != "night" {
		t.Errorf("got %v", form)
	}
}

func TestRefusalOfSTSSaysWhyAndHoldsNoSecret(t *testing.T) {
	for _, c := range []struct{ code, message, want string }{
		{"EntityNotExist.Role", "The role not exists", "check the role's ARN"},
		{"NoPermission", "You are not authorized to do this action.", "whom the role trusts"},
		{"InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.", "clock"},
		{"InvalidAccessKeyId.NotFound", "Specified access key is not found.", "the access key that assumes"},
		{"SignatureDoesNotMatch", "Specified signature is not matched with our calculation. server string to sign is:%[2]s", "signature is wrong"},
		{"Echo", "%[1]s", "Echo"}, {"Echo", "%[2]s", "Echo"}, {"Echo", "%[3]s", "Echo"},
	} {
		w := assuming(t)
		w.env["ALIBABA_CLOUD_ACCESS_KEY_SECRET"] = secret
		f := &fakeSTS{before: func(_ int, w http.ResponseWriter, form url.Values) bool {
			w.WriteHeader(http.StatusForbidden)
			message := fmt.Sprintf(c.message, secret, escaped(secret), escaped(escaped(secret)))
			message, _, _ = strings.Cut(message, "%!(EXTRA")
			fmt.Fprintf(w, `{"Code":%q,"Message":%q,"RequestId":"R-7","HostId":"sts.aliyuncs.com","Recommend":"x"}`, c.code, message)
			return true
		}}
		f.start(w)
		err := w.fails()
		wants(t, err, sender.StopRun, c.code, c.want, "R-7", roleARN)
		if len(f.heard()) != 1 {
			t.Errorf("%s: asked %d times", c.code, len(f.heard()))
		}
	}
}

func TestBusySTSIsAskedAgainWithAnotherNonce(t *testing.T) {
	w := assuming(t)
	f := &fakeSTS{before: func(n int, w http.ResponseWriter, _ url.Values) bool {
		if n == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		return n == 1
	}}
	f.start(w)
	if c, _ := w.get(); c.AccessKeyID != "STS.2" {
		t.Errorf("got %v", c)
	}
	if heard := f.heard(); heard[0].Get("SignatureNonce") == heard[1].Get("SignatureNonce") {
		t.Error("the nonce was used twice")
	}
}

func TestSilentSTSIsWaitedForLikeASilentStore(t *testing.T) {
	err := assuming(t).fails()
	wants(t, err, sender.TryAgain, "assume role", roleARN)
	if !errors.Is(err, sender.ErrUnreachable) || strings.Contains(err.Error(), "the store") {
		t.Errorf("got %v", err)
	}
}

func TestAnswerThatIsNoneOfSTSMayPass(t *testing.T) {
	for _, body := range []string{"<html>canary</html>", "{}", `{"Credentials":{"AccessKeyId":"a","AccessKeySecret":"b","SecurityToken":"c"}}`} {
		w := assuming(t)
		f := &fakeSTS{before: func(_ int, w http.ResponseWriter, _ url.Values) bool { fmt.Fprint(w, body); return true }}
		f.start(w)
		wants(t, w.fails(), sender.TryAgain, "no credentials that can be read")
	}
}

func TestRedirectOfSTSIsNotFollowed(t *testing.T) {
	w := assuming(t)
	f := &fakeSTS{before: func(_ int, w http.ResponseWriter, _ url.Values) bool {
		w.Header().Set("Location", "/")
		w.WriteHeader(http.StatusTemporaryRedirect)
		return true
	}}
	f.start(w)
	wants(t, w.fails(), sender.StopRun, "307")
	if len(f.heard()) != 1 {
		t.Errorf("asked %d times", len(f.heard()))
	}
}

func TestWhereSTSIs(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		p    profile
		want string // URL, or what the error is about
	}{
		{nil, profile{}, "https://sts.aliyuncs.com/"},
		{map[string]string{"ALIBABA_CLOUD_STS_REGION": "cn-beijing"}, profile{}, "https://sts.cn-beijing.aliyuncs.com/"},
		{map[string]string{"ALIBABA_CLOUD_STS_REGION": "cn-beijing", "ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED": "true"}, profile{}, "https://sts-vpc.cn-beijing.aliyuncs.com/"},
		{nil, profile{stsRegion: "cn-hangzhou", vpc: true}, "https://sts-vpc.cn-hangzhou.aliyuncs.com/"},
		{map[string]string{"ALIBABA_CLOUD_STS_ENDPOINT": "sts.me-east-1.aliyuncs.com"}, profile{}, "https://sts.me-east-1.aliyuncs.com/"},
		{nil, profile{stsEndpoint: "http://127.0.0.1:8080"}, "http://127.0.0.1:8080/"},
		{nil, profile{stsEndpoint: "http://sts.example.com"}, "https"},
		{nil, profile{stsEndpoint: "https://u:canary@sts.example.com"}, "STS endpoint"},
		{nil, profile{stsRegion: "evil.example/"}, "region"},
	} {
		w := newWorld(t, c.env)
		w.o.sts = ""
		u, err := (&chain{Options: w.o}).stsURL(&c.p)
		if err != nil {
			noSecret(t, err)
			wants(t, err, sender.StopRun, c.want)
		} else if u.String() != c.want {
			t.Errorf("got %s, want %s", u, c.want)
		}
	}
}

// TestWrongClockDoesNotSpoilWhatIsIssued has this machine an hour ahead of the service.
func TestWrongClockDoesNotSpoilWhatIsIssued(t *testing.T) {
	w := assuming(t)
	f := &fakeSTS{life: 30 * time.Minute}
	f.start(w)
	w.o.now = func() time.Time { return time.Now().Add(time.Hour) }
	_, i := w.get()
	if left := i.Expires.Sub(w.o.now()); left < 29*time.Minute || left > 31*time.Minute {
		t.Errorf("%v are left", left)
	}
}
