package s3

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ingest-dev/ingest/sender"
)

// refusedPut returns the error of a Put that the endpoint answers with status, header and body.
func refusedPut(t *testing.T, status int, body string, header ...string) *sender.Error {
	t.Helper()
	f := newFake(t, Options{Checksum: MD5}, func(w http.ResponseWriter, _ *seen) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	})
	_, err := f.Put(t.Context(), &sender.Object{Key: "k"}, payloadOf("x"))
	e, ok := errors.AsType[*sender.Error](err)
	if !ok {
		t.Fatalf("status %d, %q: %v", status, body, err)
	}
	return e
}

func TestRefusalMisjudged(t *testing.T) {
	const stop, again, giveUp = sender.StopRun, sender.TryAgain, sender.GiveUp
	tests := []struct {
		status   int
		code     string
		kind     sender.Kind
		throttle sender.Throttle
		err      error
	}{
		{403, "InvalidAccessKeyId", stop, 0, nil},
		{403, "SignatureDoesNotMatch", stop, 0, nil},
		{404, "NoSuchBucket", stop, 0, nil},
		{400, "AuthorizationHeaderMalformed", stop, 0, nil},
		{400, "IllegalLocationConstraintException", stop, 0, nil},
		{301, "PermanentRedirect", stop, 0, nil},
		{307, "TemporaryRedirect", stop, 0, nil},
		{302, "", stop, 0, nil},
		{400, "ExpiredToken", stop, 0, nil},
		{400, "InvalidToken", stop, 0, nil},
		{403, "AccountProblem", stop, 0, nil},
		{403, "QuotaExceeded", stop, 0, nil},
		{507, "InsufficientStorage", stop, 0, nil},
		{507, "XMinioStorageFull", stop, 0, nil},
		{401, "", stop, 0, nil},

		{403, "AccessDenied", giveUp, 0, nil},
		{403, "", giveUp, 0, nil},
		{400, "InvalidArgument", giveUp, 0, nil},
		{400, "EntityTooSmall", giveUp, 0, nil},
		{400, "InvalidPartOrder", giveUp, 0, nil},
		{400, "KeyTooLongError", giveUp, 0, nil},
		{501, "NotImplemented", giveUp, 0, nil},
		{405, "MethodNotAllowed", giveUp, 0, nil},
		{404, "NoSuchUpload", giveUp, 0, sender.ErrNoSuchUpload},
		{400, "InvalidPart", giveUp, 0, sender.ErrInvalidPart},
		{412, "PreconditionFailed", giveUp, 0, sender.ErrExists},
		{412, "", giveUp, 0, sender.ErrExists},
		{404, "NoSuchKey", giveUp, 0, sender.ErrNotFound},

		{500, "InternalError", again, 0, nil},
		{500, "", again, 0, nil},
		{502, "", again, 0, nil},
		{504, "", again, 0, nil},
		{503, "SlowDown", again, sender.TooManyRequests, nil},
		{503, "ServiceUnavailable", again, sender.TooManyRequests, nil},
		{503, "", again, sender.TooManyRequests, nil},
		{429, "", again, sender.TooManyRequests, nil},
		{429, "TooManyRequests", again, sender.TooManyRequests, nil},
		{503, "ServerBusy", again, sender.TooManyRequests, nil},
		{400, "Throttling", again, sender.TooManyRequests, nil},
		{400, "RequestLimitExceeded", again, sender.TooManyRequests, nil},
		{503, "BandwidthLimitExceeded", again, sender.TooManyBytes, nil},
		{408, "", again, 0, nil},
		{400, "RequestTimeout", again, 0, nil},
		{400, "IncompleteBody", again, 0, nil},
		{409, "OperationAborted", again, 0, nil},
		{400, "BadDigest", again, 0, sender.ErrCorrupt},
		{400, "XAmzContentChecksumMismatch", again, 0, sender.ErrCorrupt},
	}
	for _, test := range tests {
		body := ""
		if test.code != "" {
			body = "<Error><Code>" + test.code + "</Code><Message>why</Message><RequestId>RID</RequestId><HostId>HID</HostId></Error>"
		}
		e := refusedPut(t, test.status, body)
		if e.Kind != test.kind || e.Throttle != test.throttle || e.Code != test.code || e.Status != test.status || !errors.Is(e, test.err) && test.err != nil || test.err == nil && e.Err != nil {
			t.Errorf("%d %s: %+v, want kind %d, throttle %d, %v", test.status, test.code, e, test.kind, test.throttle, test.err)
		}
		if test.code != "" && (e.Message != "why" || e.RequestID != "RID" || e.HostID != "HID") {
			t.Errorf("%d %s: %+v", test.status, test.code, e)
		}
		if e.Op != "put object" || e.Key != "k" {
			t.Errorf("%d %s: about %q of %q", test.status, test.code, e.Op, e.Key)
		}
	}
}

func TestHintLeavesPersonAlone(t *testing.T) {
	refusal := func(code, more string) string { return "<Error><Code>" + code + "</Code>" + more + "</Error>" }
	tests := []struct {
		status int
		body   string
		header []string
		hint   string
		kind   sender.Kind
	}{
		{400, refusal("AuthorizationHeaderMalformed", "<Region>eu-central-1</Region>"), nil, "region eu-central-1", sender.StopRun},
		{301, refusal("PermanentRedirect", "<Endpoint>b.s3.amazonaws.com</Endpoint>"), nil, "b.s3.amazonaws.com", sender.StopRun},
		{301, refusal("PermanentRedirect", ""), []string{"x-amz-bucket-region", "ap-east-1"}, "region ap-east-1", sender.StopRun},
		{400, "", []string{"x-amz-bucket-region", "ap-east-1"}, "region ap-east-1", sender.StopRun},
		{400, refusal("InvalidTag", ""), []string{"x-amz-bucket-region", "ap-east-1"}, "", sender.GiveUp},
		{403, refusal("AccessDenied", "<Endpoint>oss-cn-x.aliyuncs.com</Endpoint>"), nil, "oss-cn-x.aliyuncs.com", sender.StopRun},
		{302, "<html>", []string{"Location", "http://portal.example/login?token=secret"}, "portal.example", sender.StopRun},
		{403, refusal("InvalidAccessKeyId", ""), nil, "AWS_ACCESS_KEY_ID", sender.StopRun},
		{404, refusal("NoSuchBucket", ""), nil, "bucket's name", sender.StopRun},
	}
	for _, test := range tests {
		e := refusedPut(t, test.status, test.body, test.header...)
		if e.Kind != test.kind || !strings.Contains(e.Hint, test.hint) || test.hint == "" && e.Hint != "" {
			t.Errorf("%d %q %v: kind %d, hint %q, want %q", test.status, test.body, test.header, e.Kind, e.Hint, test.hint)
		}
		if strings.Contains(e.Error(), "token=secret") {
			t.Errorf("the error repeats a whole location: %v", e)
		}
	}
}

func TestForeignAnswerTakenForTheStores(t *testing.T) {
	page := "<html><body>\x1b[31mBad gateway\n" + strings.Repeat("é", 4000)
	for _, status := range []int{403, 404, 412, 200 + 302, 400} {
		e := refusedPut(t, status, page)
		if e.Kind != sender.TryAgain || e.Err != nil {
			t.Errorf("%d: %+v, want to try again", status, e)
		}
		text := e.Error()
		if !strings.Contains(text, "not an S3 store's") || !strings.Contains(text, "Bad gateway") || len(text) > 2000 || strings.ContainsAny(text, "\x1b\n") || !utf8.ValidString(text) {
			t.Errorf("%d: %q", status, text)
		}
	}
}

func TestHeadWithoutBodyMisjudged(t *testing.T) {
	for status, want := range map[int]error{404: sender.ErrNotFound, 403: nil} {
		f := newFake(t, Options{}, func(w http.ResponseWriter, _ *seen) { w.WriteHeader(status) })
		_, err := f.Head(t.Context(), "k")
		if sender.KindOf(err) != sender.GiveUp || want != nil && !errors.Is(err, want) || want == nil && errors.Is(err, sender.ErrNotFound) {
			t.Errorf("%d: %v", status, err)
		}
	}
}

func TestSecretsInErrors(t *testing.T) {
	bodies := map[string]func(r *seen) string{
		"echo in XML": func(r *seen) string {
			return fmt.Sprintf("<Error><Code>X</Code><Message>%v</Message><HostId>%v</HostId><StringToSign>%v</StringToSign></Error>", r.header, r.header, r.header)
		},
		"echo in HTML":         func(r *seen) string { return fmt.Sprintf("<html>%v CANARY-SECRET", r.header["Authorization"]) },
		"token across the cut": func(*seen) string { return strings.Repeat("x", maxSnippet-6) + "CANARY-TOKEN" },
	}
	for name, body := range bodies {
		for _, status := range []int{200, 400, 500} {
			var signature string
			f := newFake(t, Options{}, func(w http.ResponseWriter, r *seen) {
				_, signature, _ = strings.Cut(r.header.Get("Authorization"), "Signature=")
				w.WriteHeader(status)
				_, _ = w.Write([]byte(body(r)))
			})
			_, err := f.Begin(t.Context(), &sender.Object{Key: "k"})
			if err == nil {
				t.Fatal("no error")
			}
			for _, text := range []string{err.Error(), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err)} {
				if strings.Contains(text, "CANARY") || strings.Contains(text, signature) {
					t.Errorf("%s, %d: %s", name, status, text)
				}
			}
		}
	}
}

// A store may repeat our signature without its name, and a log that is shown may hold that of another request.
func TestSignaturesInErrors(t *testing.T) {
	const another = "0123456789abcdef"
	f := newFake(t, Options{}, func(w http.ResponseWriter, r *seen) {
		_, ours, _ := strings.Cut(r.header.Get("Authorization"), "Signature=")
		xmlError(w, 400, "X", "expected "+ours+" for Signature="+another+",")
	})
	_, err := f.Begin(t.Context(), &sender.Object{Key: "k"})
	ours := signatureIn(f.requests()[0].header.Get("Authorization"))
	if text := fmt.Sprint(err); ours == "" || strings.Contains(text, ours) || strings.Contains(text, another) {
		t.Error(text)
	}
}

func TestWrongClockNotLearnt(t *testing.T) {
	const ahead = 20 * time.Minute
	f := newFake(t, Options{Checksum: MD5}, func(w http.ResponseWriter, r *seen) {
		now := time.Now().Add(ahead)
		w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
		at, _ := time.Parse(signTime, r.header.Get("X-Amz-Date"))
		if now.Sub(at).Abs() > 15*time.Minute {
			xmlError(w, 403, "RequestTimeTooSkewed", "")
			return
		}
		(&endpoint{}).handle(w, r)
	})
	_, err := f.Put(t.Context(), &sender.Object{Key: "k"}, payloadOf("x"))
	if sender.KindOf(err) != sender.TryAgain || err == nil {
		t.Fatalf("the first Put: %v, want to try again", err)
	}
	if _, err := f.Put(t.Context(), &sender.Object{Key: "k"}, payloadOf("x")); err != nil {
		t.Errorf("the second Put: %v", err)
	}
}

func TestSkewThatCannotBeLearntGoesOnForEver(t *testing.T) {
	e := refusedPut(t, 403, "<Error><Code>RequestTimeTooSkewed</Code></Error>") // with a Date that is right
	if e.Kind != sender.StopRun {
		t.Errorf("%+v, want the run to stop", e)
	}
}

// rotating hands out other credentials each time it is asked, up to a number.
type rotating struct {
	asked atomic.Int64
	last  int64
}

func (r *rotating) Retrieve(context.Context) (aws.Credentials, error) {
	n := min(r.asked.Add(1), r.last)
	return aws.Credentials{AccessKeyID: fmt.Sprint("AKID", n), SecretAccessKey: "s", CanExpire: true, Expires: time.Now().Add(time.Hour)}, nil
}

func TestExpiredCredentialsNotRenewed(t *testing.T) {
	for last, want := range map[int64]sender.Kind{1: sender.StopRun, 2: sender.TryAgain} {
		keys := &rotating{last: last}
		f := newFake(t, Options{Checksum: MD5, Credentials: keys}, func(w http.ResponseWriter, r *seen) {
			if strings.Contains(r.header.Get("Authorization"), "AKID1") {
				xmlError(w, 400, "ExpiredToken", "")
				return
			}
			(&endpoint{}).handle(w, r)
		})
		_, err := f.Put(t.Context(), &sender.Object{Key: "k"}, payloadOf("x"))
		if err == nil || sender.KindOf(err) != want {
			t.Errorf("%d credentials: %v, want kind %d", last, err, want)
		}
		if _, err = f.Put(t.Context(), &sender.Object{Key: "k"}, payloadOf("x")); (err == nil) != (want == sender.TryAgain) {
			t.Errorf("%d credentials, again: %v", last, err)
		}
		if n := keys.asked.Load(); last == 2 && n != 2 {
			t.Errorf("asked for credentials %d times", n)
		}
	}
}
