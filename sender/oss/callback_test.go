package oss

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/ingest-dev/ingest/sender"
)

const callbackText = `{"callbackUrl":"http://example.com/done","callbackBody":"key=${object}&run=${x:run}"}`

// calling is an object with a callback.
func calling() *sender.Object {
	return &sender.Object{Key: "a", Size: 3, Callback: callbackText, CallbackVars: map[string]string{"x:run": "<7>"}}
}

// makers are the two requests that make an object.
func makers(t *testing.T, s *Store, o *sender.Object) map[string]func() (sender.Receipt, error) {
	return map[string]func() (sender.Receipt, error){
		"Put": func() (sender.Receipt, error) {
			return s.Put(t.Context(), o, sender.Payload{Data: []byte("abc")})
		},
		"Complete": func() (sender.Receipt, error) {
			return s.Complete(t.Context(), sender.Upload{Key: o.Key, ID: "ID"}, o, sender.Completion{Parts: []sender.StoredPart{{Number: 1, ETag: "A"}}})
		},
	}
}

func decoded(t *testing.T, header string) string {
	t.Helper()
	text, err := base64.StdEncoding.DecodeString(header)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAnswerOfTheApplicationServerIsInTheReceipt(t *testing.T) {
	const answer = `{"Status":"OK","ETag":"not ours"}`
	for _, bare := range []bool{false, true} {
		s, f := start(t, func(n int, w http.ResponseWriter, r seen) {
			if !bare {
				stored(n, w, r)
			}
			w.Header().Set("Content-Type", "application/json")
			say(w, answer)
		})
		for name, try := range makers(t, s, calling()) {
			got, err := try()
			if err != nil || got.Callback == nil || string(got.Callback.Answer) != answer || got.Callback.Err != nil {
				t.Fatalf("%s: %+v, %v", name, got, err)
			}
			if !bare && (got.Checksum != crc || got.ETag == "") || bare && got.ETag != "" {
				t.Errorf("%s: %+v", name, got)
			}
			h := f.last().header
			if decoded(t, h.Get(headerCallback)) != callbackText || decoded(t, h.Get(headerCallbackVars)) != `{"x:run":"\u003c7\u003e"}` {
				t.Errorf("%s: %v", name, h)
			}
		}
	}
}

func TestFailedCallbackIsAStoredObject(t *testing.T) {
	for name, withHeaders := range map[string]bool{"with what is stored": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			s, _ := start(t, func(n int, w http.ResponseWriter, r seen) {
				if withHeaders {
					stored(n, w, r)
				}
				refuses(http.StatusNonAuthoritativeInfo, "CallbackFailed", "<EC>0007-00000203</EC>")(n, w, r)
			})
			for name, try := range makers(t, s, calling()) {
				got, err := try()
				if err != nil || got.Callback == nil || got.Callback.Err == nil {
					t.Fatalf("%s: %+v, %v", name, got, err)
				}
				if e := errorOf(t, got.Callback.Err); e.Code != "CallbackFailed" || e.EC != "0007-00000203" || e.RequestID == "" || e.Status != 203 {
					t.Errorf("%s: %+v", name, e)
				}
				if withHeaders && got.Checksum != crc {
					t.Errorf("%s: %+v", name, got)
				}
			}
		})
	}
}

// A proxy that has changed an answer says so by the same status.
func TestStatus203OfSomethingBetweenIsNoAnswer(t *testing.T) {
	s, _ := start(t, func(_ int, w http.ResponseWriter, _ seen) {
		w.Header().Del("x-oss-request-id")
		w.WriteHeader(http.StatusNonAuthoritativeInfo)
		say(w, "<html>welcome</html>")
	})
	o := calling()
	for name, try := range makers(t, s, o) {
		if _, err := try(); !errors.Is(err, sender.ErrNoAnswer) {
			t.Errorf("%s: %v, want ErrNoAnswer", name, err)
		}
	}
	o.Callback, o.CallbackVars = "", nil
	for name, try := range makers(t, s, o) {
		if _, err := try(); err == nil {
			t.Errorf("%s: 203 is a success without a callback", name)
		}
	}
}

// OSS sends the status of Complete before its work is done.
func TestErrorBehindASuccessIsNoCallback(t *testing.T) {
	s, _ := start(t, refuses(http.StatusOK, "InternalError", ""))
	for name, try := range makers(t, s, calling()) {
		if _, err := try(); sender.KindOf(err) != sender.TryAgain {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLongAnswerOfACallbackIsCut(t *testing.T) {
	s, _ := start(t, func(n int, w http.ResponseWriter, r seen) {
		stored(n, w, r)
		say(w, `{"a":"`+strings.Repeat("x", 3<<20)+`"}`)
	})
	for name, try := range makers(t, s, calling()) {
		if got, err := try(); err != nil || len(got.Callback.Answer) != sender.MaxAnswer || cap(got.Callback.Answer) > 2*sender.MaxAnswer {
			t.Errorf("%s: %d bytes, %v", name, len(got.Callback.Answer), err)
		}
	}
}

func TestCallbackThatRepeatsOurSecretsIsBlotted(t *testing.T) {
	s, _ := start(t, func(n int, w http.ResponseWriter, r seen) {
		stored(n, w, r)
		say(w, `{"seen":"`+canarySecret+r.header.Get("X-Oss-Security-Token")+r.header.Get("Authorization")+`"}`)
	})
	for _, try := range makers(t, s, calling()) {
		got, err := try()
		if err != nil {
			t.Fatal(err)
		}
		noSecret(t, string(got.Callback.Answer))
	}
}

func TestFailedCallbackThatRepeatsOurSecretsIsBlotted(t *testing.T) {
	s, _ := start(t, func(n int, w http.ResponseWriter, r seen) {
		seen := canarySecret + r.header.Get("X-Oss-Security-Token") + r.header.Get("Authorization")
		w.Header().Set("X-Oss-Request-Id", seen)
		w.Header().Set("X-Oss-Ec", seen)
		stored(n, w, r)
		w.WriteHeader(http.StatusNonAuthoritativeInfo)
		say(w, "<html>"+seen+"</html>")
	})
	for name, try := range makers(t, s, calling()) {
		got, err := try()
		if err != nil || got.Callback == nil || got.Callback.Err == nil {
			t.Fatalf("%s: %+v, %v", name, got, err)
		}
		noSecret(t, fmt.Sprintf("%#v", *got.Callback.Err))
	}
}

func TestOnlyTheRequestsThatMakeAnObjectCallBack(t *testing.T) {
	s, f := start(t, stored)
	makes := map[string]bool{"put object": true, "complete upload": true}
	for name, call := range callsOf(t, s, calling()) {
		before := len(f.requests())
		_ = call()
		for _, r := range f.requests()[before:] {
			for _, header := range []string{headerCallback, headerCallbackVars} {
				if (r.header.Get(header) != "") != makes[name] {
					t.Errorf("%s: %s is %q", name, header, r.header.Get(header))
				}
			}
		}
	}
}

func TestObjectThatIsToBeNewSaysSoEverywhere(t *testing.T) {
	s, f := start(t, refuses(http.StatusConflict, "FileAlreadyExists", ""))
	for _, only := range []bool{true, false} {
		o := &sender.Object{Key: "a", OnlyNew: only}
		tries := makers(t, s, o)
		tries["Begin"] = func() (sender.Receipt, error) {
			_, err := s.Begin(t.Context(), o)
			return sender.Receipt{}, err
		}
		for name, try := range tries {
			if _, err := try(); !errors.Is(err, sender.ErrExists) {
				t.Errorf("%s: %v, want ErrExists", name, err)
			}
			if got := f.last().header.Get(headerOnlyNew); (got == "true") != only {
				t.Errorf("%s: %q, want %t", name, got, only)
			}
		}
	}
}

func TestCallbacksThatOSSWouldRefuse(t *testing.T) {
	s, _ := start(t, nil)
	long := strings.Repeat("x", 4<<10)
	for text, vars := range map[string]map[string]string{
		"not JSON": nil,
		`["a"]`:    nil,
		`{"callbackUrl":"http://a","callbackBody":"b"} more`:            nil,
		`{"callbackBody":"b"}`:                                          nil,
		`{"callbackUrl":"http://a"}`:                                    nil,
		`{"CallbackUrl":"http://a","callbackBody":"b"}`:                 nil,
		`{"callbackUrl":"a;b;c;d;e;f","callbackBody":"b"}`:              nil,
		`{"callbackUrl":"a","callbackBody":"b","callbackBodyType":"c"}`: nil,
		`{"callbackUrl":"a","callbackBody":"b","callbackSNI":"maybe"}`:  nil,
		`{"callbackUrl":"a","callbackBody":"` + long + `"}`:             nil,
		`{"callbackUrl":"a","callbackBody":"upper case"}`:               {"x:A": "b"},
		`{"callbackUrl":"a","callbackBody":"no x:"}`:                    {"a": "b"},
		`{"callbackUrl":"a","callbackBody":"no name"}`:                  {"x:": "b"},
		`{"callbackUrl":"a","callbackBody":"long"}`:                     {"x:a": long},
	} {
		if err := s.Check(&sender.Object{Key: "a", Callback: text, CallbackVars: vars}); err == nil {
			t.Errorf("%.60s %.60v passes", text, maps.Keys(vars))
		} else if !strings.HasPrefix(err.Error(), "callback") {
			t.Errorf("%v does not name its field", err)
		}
	}
	full := `{"callbackUrl":"a;b;c;d;e","callbackHost":"h","callbackBody":"b","callbackBodyType":"application/json","callbackSNI":true}`
	if err := s.Check(&sender.Object{Key: "a", Callback: full, CallbackVars: map[string]string{"x:a": ""}}); err != nil {
		t.Error(err)
	}
}

func TestVersionsOfTheBucketAreAskedFor(t *testing.T) {
	for body, want := range map[string]bool{
		"<VersioningConfiguration/>": false,
		"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>":   true,
		"<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>": true,
	} {
		s, f := start(t, says(http.StatusOK, body))
		got, err := s.Replaces(t.Context())
		if err != nil || got != want || f.requests()[0].query != "versioning" || f.requests()[0].method != "GET" {
			t.Errorf("%s: %t, %v, %+v", body, got, err, f.requests()[0])
		}
	}
	s, _ := start(t, refuses(http.StatusForbidden, "AccessDenied", ""))
	if _, err := s.Replaces(t.Context()); sender.KindOf(err) != sender.GiveUp {
		t.Error(err)
	}
}
