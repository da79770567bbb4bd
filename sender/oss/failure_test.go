package oss

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/sender"
)

func TestRefusals(t *testing.T) {
	const wrongPlace = "<Endpoint>oss-cn-shanghai.aliyuncs.com</Endpoint>"
	for _, c := range []struct {
		status   int
		code     string
		more     string
		kind     sender.Kind
		throttle sender.Throttle
		err      error
		hint     string
	}{
		{403, "InvalidAccessKeyId", "", sender.StopRun, 0, nil, "access key id"},
		{403, "SignatureDoesNotMatch", "<StringToSign>x</StringToSign>", sender.StopRun, 0, nil, "secret"},
		{403, "SecurityTokenExpired", "<SecurityToken>" + canaryToken + "</SecurityToken>", sender.StopRun, 0, nil, "new ones"},
		{403, "InvalidSecurityToken", "", sender.StopRun, 0, nil, "new ones"},
		{403, "UserDisable", "", sender.StopRun, 0, nil, "account"},
		{404, "NoSuchBucket", "", sender.StopRun, 0, nil, "bucket"},
		{400, "InvalidBucketName", "", sender.StopRun, 0, nil, "bucket"},
		{403, "SecondLevelDomainForbidden", "", sender.StopRun, 0, nil, "endpoint"},
		{403, "QuotaExceeded", "", sender.StopRun, 0, nil, "quota"},
		{403, "AccessDenied", wrongPlace, sender.StopRun, 0, nil, "oss-cn-shanghai.aliyuncs.com"},
		{301, "PermanentRedirect", wrongPlace, sender.StopRun, 0, nil, "oss-cn-shanghai.aliyuncs.com"},
		{307, "TemporaryRedirect", "", sender.StopRun, 0, nil, "endpoint"},
		{400, "InvalidArgument", "<EC>0002-00000226</EC>", sender.StopRun, 0, nil, "OSS_REGION"},
		{400, "InvalidArgument", "<EC>0017-00000279</EC>", sender.GiveUp, 0, nil, ""},
		{404, "NoSuchUpload", "", sender.GiveUp, 0, sender.ErrNoSuchUpload, ""},
		{404, "NoSuchKey", "", sender.GiveUp, 0, sender.ErrNotFound, ""},
		{400, "InvalidPart", "", sender.GiveUp, 0, sender.ErrInvalidPart, ""},
		{409, "FileAlreadyExists", "", sender.GiveUp, 0, sender.ErrExists, ""},
		{400, "EntityTooSmall", "", sender.GiveUp, 0, nil, ""},
		{501, "NotImplemented", "", sender.GiveUp, 0, nil, ""},
		{401, "SomethingNew", "", sender.StopRun, 0, nil, ""},
		{400, "SomethingNew", "", sender.GiveUp, 0, nil, ""},
		{400, "RequestTimeout", "", sender.TryAgain, 0, nil, ""},
		{400, "IncompleteBody", "", sender.TryAgain, 0, nil, ""},
		{400, "InvalidDigest", "", sender.TryAgain, 0, nil, ""},
		{400, "InvalidCRC64", "", sender.TryAgain, 0, nil, ""},
		{409, "OperationAborted", "", sender.TryAgain, 0, nil, ""},
		{408, "SomethingNew", "", sender.TryAgain, 0, nil, ""},
		{500, "InternalError", "", sender.TryAgain, 0, nil, ""},
		{503, "SomethingNew", "", sender.TryAgain, sender.TooManyRequests, nil, ""},
		{429, "SomethingNew", "", sender.TryAgain, sender.TooManyRequests, nil, ""},
		{503, "TotalQpsLimitExceeded", "", sender.TryAgain, sender.TooManyRequests, nil, ""},
		{503, "UploadTrafficRateLimitExceeded", "", sender.TryAgain, sender.TooManyBytes, nil, ""},
	} {
		s, _ := start(t, refuses(c.status, c.code, c.more))
		for op, do := range calls(t, s) {
			if op == "abort upload" && c.code == "NoSuchUpload" {
				continue
			}
			e := errorOf(t, do())
			if e.Op != op || e.Kind != c.kind || e.Throttle != c.throttle || (c.err != nil && !errors.Is(e, c.err)) || !strings.Contains(e.Hint, c.hint) {
				t.Errorf("%s, %d %s: got %+v", op, c.status, c.code, e)
			}
			if e.Code != c.code || e.Status != c.status || e.RequestID == "" || e.HostID == "" || e.EC == "" || e.Message != "What happened." {
				t.Errorf("%s, %s: something is missing in %+v", op, c.code, e)
			}
		}
	}
}

func TestAccessDeniedGivesUpOneThing(t *testing.T) {
	s, _ := start(t, refuses(403, "AccessDenied", ""))
	for op, do := range calls(t, s) {
		want := hintPolicy
		if op == "list uploads" {
			want = hintBucketOp
		}
		if e := errorOf(t, do()); e.Kind != sender.GiveUp || e.Hint != want {
			t.Errorf("%s: got %+v", op, e)
		}
	}
}

func TestWaitIsWhatTheStoreAsks(t *testing.T) {
	for header, want := range map[string]time.Duration{
		"x-oss-qos-delay-time: 1500":              1500 * time.Millisecond,
		"x-oss-qos-delay-time: 99999999999999999": maxDelay,
		"x-oss-qos-delay-time: -5":                0,
		"Retry-After: 2":                          2 * time.Second,
		"x-oss-qos-delay-time: soon":              0,
	} {
		name, value, _ := strings.Cut(header, ": ")
		refuse := refuses(503, "UploadTrafficRateLimitExceeded", "")
		s, _ := start(t, func(n int, w http.ResponseWriter, r seen) {
			w.Header().Set(name, value)
			refuse(n, w, r)
		})
		if e := errorOf(t, calls(t, s)["put object"]()); e.RetryAfter != want {
			t.Errorf("%s: got %v", header, e.RetryAfter)
		}
	}
}

func TestForeignAnswersAreTriedAgain(t *testing.T) {
	page := "<html><body>\x1b[31mBad\n\n gateway " + canaryToken + strings.Repeat(" very", 10_000) + "</body></html>"
	for _, status := range []int{200, 204, 302, 400, 403, 404, 500, 502, 504} {
		s, _ := start(t, func(n int, w http.ResponseWriter, r seen) {
			w.Header().Del("x-oss-request-id")
			w.WriteHeader(status)
			say(w, page)
		})
		for op, do := range calls(t, s) {
			if op == "abort upload" && status < 300 {
				continue // its success has no body to tell by
			}
			e := errorOf(t, do())
			if status == 302 {
				if e.Kind != sender.StopRun {
					t.Errorf("%s, %d: got %v", op, status, e)
				}
				continue
			}
			if e.Kind != sender.TryAgain || !errors.Is(e, sender.ErrNoAnswer) || len(e.Error()) > 600 || strings.ContainsRune(e.Error(), 0x1b) {
				t.Errorf("%s, %d: got %v", op, status, e)
			}
		}
	}
}

func TestRedirectNamesTheRightEndpoint(t *testing.T) {
	s, f := start(t, func(_ int, w http.ResponseWriter, _ seen) {
		w.Header().Set("Location", "http://example-bucket.oss-cn-shanghai.aliyuncs.com/dir/a?Signature="+canarySecret)
		w.WriteHeader(http.StatusTemporaryRedirect)
	})
	for op, do := range calls(t, s) {
		if e := errorOf(t, do()); e.Kind != sender.StopRun || !strings.Contains(e.Hint, "example-bucket.oss-cn-shanghai.aliyuncs.com") {
			t.Errorf("%s: got %v", op, e)
		}
	}
	if len(f.requests()) != len(calls(t, s)) {
		t.Errorf("%d requests", len(f.requests()))
	}
}

func TestClockIsLearnedFromARefusal(t *testing.T) {
	ahead := 40 * time.Minute
	for _, from := range []string{"body", "header"} {
		s, _ := start(t, func(n int, w http.ResponseWriter, r seen) {
			now := time.Now().Add(ahead).UTC()
			at, err := time.Parse("20060102T150405Z", r.header.Get("x-oss-date"))
			if off := now.Sub(at); err == nil && off.Abs() < 15*time.Minute {
				w.Header().Set("ETag", `"E"`)
				return
			}
			more := ""
			if from == "body" {
				more = "<ServerTime>" + now.Format("2006-01-02T15:04:05.000Z") + "</ServerTime>"
			}
			w.Header().Set("Date", now.Format(http.TimeFormat))
			refuses(403, "RequestTimeTooSkewed", more)(n, w, r)
		})
		put := calls(t, s)["put object"]
		if e := errorOf(t, put()); e.Kind != sender.TryAgain || !strings.Contains(e.Hint, "clock") {
			t.Errorf("got %v", e)
		}
		var senders sync.WaitGroup
		for range 8 {
			senders.Go(func() {
				if err := put(); err != nil {
					t.Error(err)
				}
			})
		}
		senders.Wait()
	}
}

func TestExpiredTokenIsTriedAgainOnceTheProviderHasAnother(t *testing.T) {
	s, _ := start(t, func(n int, w http.ResponseWriter, r seen) {
		if r.header.Get("x-oss-security-token") == canaryToken {
			refuses(403, "SecurityTokenExpired", "")(n, w, r)
			return
		}
		w.Header().Set("ETag", `"E"`)
	})
	var asked atomic.Int64
	s.credentials = ProviderFunc(func(context.Context) (Credentials, error) {
		c := canary
		if asked.Add(1) > 1 {
			c.SecurityToken = "new"
		}
		return c, nil
	})
	put := calls(t, s)["put object"]
	if e := errorOf(t, put()); e.Kind != sender.TryAgain {
		t.Fatalf("got %v", e)
	}
	if err := put(); err != nil {
		t.Fatal(err)
	}
}

func TestWithoutCredentialsTheRunStops(t *testing.T) {
	s, f := start(t, says(200, ""))
	s.credentials = ProviderFunc(func(context.Context) (Credentials, error) { return Credentials{}, errors.New("no role") })
	for op, do := range calls(t, s) {
		if e := errorOf(t, do()); e.Kind != sender.StopRun || e.Op != op {
			t.Errorf("%s: got %v", op, e)
		}
	}
	if len(f.requests()) != 0 {
		t.Error("something was sent")
	}
}

func TestHeadWithoutABodyIsUnderstood(t *testing.T) {
	s, _ := start(t, says(404, ""))
	if _, err := s.Head(t.Context(), "k"); !errors.Is(err, sender.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	s, _ = start(t, refuses(404, "NoSuchBucket", ""))
	if _, err := s.Head(t.Context(), "k"); errors.Is(err, sender.ErrNotFound) || sender.KindOf(err) != sender.StopRun {
		t.Errorf("got %v", err)
	}
}

// The error that a success of Complete holds is said like any other.
func TestNoSecretOfAnErrorBehindASuccessIsPrinted(t *testing.T) {
	s, _ := start(t, func(_ int, w http.ResponseWriter, r seen) {
		say(w, "<Error><Code>InternalError</Code><Message>"+r.header.Get("Authorization")+" "+canarySecret+"</Message></Error>")
	})
	if e := errorOf(t, calls(t, s)["complete upload"]()); e.Code != "InternalError" {
		t.Errorf("got %+v", e)
	}
}

// TestNoSecretIsEverPrinted lets a store repeat all that it was sent, in every place that an error is made of.
func TestNoSecretIsEverPrinted(t *testing.T) {
	for _, v1 := range []bool{false, true} {
		s, _ := start(t, func(n int, w http.ResponseWriter, r seen) {
			echo := r.header.Get("Authorization") + " " + r.header.Get("X-Oss-Security-Token") + " " + canarySecret
			body := fmt.Sprintf("<Error><Code>%[1]s</Code><Message>%[1]s</Message><RequestId>%[1]s</RequestId><HostId>%[1]s</HostId><EC>%[1]s</EC><Endpoint>%[1]s</Endpoint></Error>", echo)
			if n%2 == 0 {
				body = "<html>" + echo
			}
			for _, name := range []string{"x-oss-request-id", "x-oss-ec"} {
				w.Header().Set(name, echo)
			}
			w.Header().Set("x-oss-err", base64.StdEncoding.EncodeToString([]byte(body)))
			w.WriteHeader([]int{200, 301, 400, 403, 500}[n%5])
			say(w, body)
		})
		if v1 {
			s.signer = signerV1{}
		}
		for range 10 {
			for op, do := range calls(t, s) {
				err := do()
				if err == nil {
					if op != "abort upload" {
						t.Errorf("%s worked", op)
					}
					continue
				}
				_ = errorOf(t, err)
			}
		}
		noSecret(t, fmt.Sprintf("%v %+v %#v %s", s, s, s, s))
	}
}
