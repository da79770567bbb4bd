package devstore

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/devstore/fault"
)

// mishap is a client of a store that a script makes go wrong.
type mishap struct {
	client
	t      *testing.T
	prefix string
	script *fault.Script
	direct *http.Client // never sends a request again by itself, as http.DefaultClient may
}

// rehearsed runs a test in both dialects.
func rehearsed(t *testing.T, test func(t *testing.T, r mishap)) {
	for prefix, s := range map[string]sign{"x-oss-": signOSS, "x-amz-": signS3} {
		t.Run(strings.Trim(prefix, "x-"), func(t *testing.T) {
			o := options(t)
			o.Faults = new(fault.Script)
			_, h := start(t, o)
			t.Cleanup(http.DefaultClient.CloseIdleConnections)
			test(t, mishap{
				client: client{t: t, base: h.URL, sign: s}, t: t, prefix: prefix, script: o.Faults,
				direct: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 30 * time.Second},
			})
		})
	}
}

// once sets one rule, which strikes one request.
func (r mishap) once(f fault.Fault) { r.script.Set(fault.Rule{Times: 1, Fault: f}) }

// struck fails the test if the rules did not strike so often.
func (r mishap) struck(want ...int64) {
	r.t.Helper()
	if got := r.script.Struck(); !slices.Equal(got, want) {
		r.t.Errorf("struck %v times, want %v", got, want)
	}
}

// try sends a request that may fail. The error is that of the answer's beginning, or of its body.
func (r mishap) try(method, target string, body []byte, headers ...string) (answer, error) {
	path, query, _ := strings.Cut(target, "?")
	response, err := r.direct.Do(r.request(method, path, query, body, headers...))
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	return answer{Response: response, t: r.t, body: content}, err
}

func TestStoreWithoutRulesAnswersAsOneWithoutAScript(t *testing.T) {
	for name, s := range map[string]sign{"OSS": signOSS, "S3": signS3} {
		t.Run(name, func(t *testing.T) {
			defer http.DefaultClient.CloseIdleConnections()
			now := time.Now()
			var told [2]string
			for i, script := range []*fault.Script{nil, fault.NewScript(1)} {
				o := options(t)
				o.Faults, o.now = script, func() time.Time { return now }
				_, h := start(t, o)
				told[i] = story(client{t: t, base: h.URL, sign: s})
			}
			if told[0] != told[1] {
				t.Errorf("without a script\n%s\nwith one\n%s", told[0], told[1])
			}
		})
	}
}

// story returns what a store answers to one request of each kind, without what is never the same twice.
func story(c client) string {
	var b strings.Builder
	c.do("PUT", "/demo/k", []byte("content"))
	id := initiate(c, "parts")
	tag := part(c, "parts", id, 1, []byte("part"))
	for _, a := range []answer{
		c.do("PUT", "/demo/k", []byte("content")), c.do("GET", "/demo/k", nil), c.do("HEAD", "/demo/k", nil),
		c.do("GET", "/demo/parts?uploadId="+id, nil), complete(c, "parts", id, listed("1", tag)),
		c.do("GET", "/demo?uploads", nil), c.do("GET", "/demo?nothing", nil), c.do("GET", "/-/faults", nil),
		c.do("DELETE", "/demo/k", nil), c.do("HEAD", "/demo/k", nil), unsigned(c).do("PUT", "/demo/k", nil),
	} {
		h := maps.Clone(a.Header)
		for _, name := range []string{"Date", "X-Oss-Request-Id", "X-Amz-Request-Id", "X-Amz-Id-2", "X-Oss-Server-Time", "X-Oss-Err"} {
			h.Del(name)
		}
		body, _, _ := strings.Cut(string(a.body), "<RequestId>")
		body = strings.NewReplacer(id, "ID", c.base, "BASE", strings.TrimPrefix(c.base, "http://"), "HOST").Replace(body)
		fmt.Fprintln(&b, a.StatusCode, h, len(body), body)
	}
	return b.String()
}

// unsigned returns a client that is not let in.
func unsigned(c client) client {
	c.sign = func(*testing.T, *http.Request, string, string) {}
	return c
}

func TestOperationsAreKnownByWhatTheyAskForInBothDialects(t *testing.T) {
	rehearsed(t, func(t *testing.T, r mishap) {
		r.do("PUT", "/demo/dir/k", []byte("x")).ok(200)
		id := initiate(r.client, "dir/k")
		tag := part(r.client, "dir/k", id, 7, []byte("x"))
		r.do("GET", "/demo/dir/k?uploadId="+id, nil).ok(200)
		r.do("GET", "/demo?uploads", nil).ok(200)
		complete(r.client, "dir/k", id, listed("7", tag)).ok(200)
		r.do("HEAD", "/demo/dir/k", nil).ok(200)
		r.do("GET", "/demo/dir/k", nil).ok(200)
		r.do("DELETE", "/demo/dir/k?uploadId="+initiate(r.client, "dir/k"), nil).ok(204)
		r.do("PUT", "/demo/dir/copy", nil, r.prefix+"copy-source", "/demo/dir/k").ok(200)
		r.do("GET", "/demo", nil).ok(200)
		r.do("GET", "/demo?nothing", nil).ok(501)
		got := fmt.Sprint(r.script.Requests())
		want := "map[abort-upload:1 begin-upload:2 complete-upload:1 get-object:1 head-object:1 list-parts:1 list-uploads:1 other:3 put-object:1 send-part:1]"
		if got != want {
			t.Errorf("requests\n%s, want\n%s", got, want)
		}
		r.script.Set(fault.Rule{Op: fault.SendPart, Key: "dir/k", Part: 2, Fault: fault.Fault{Expire: true}})
		id = initiate(r.client, "dir/k")
		part(r.client, "dir/k", id, 1, nil)
		r.do("PUT", "/demo/dir/k?partNumber=2&uploadId="+id, nil).ok(map[string]int{"x-oss-": 403, "x-amz-": 400}[r.prefix])
		r.struck(1)
	})
}

func TestKeyIsTheSameInEveryStyleOfURL(t *testing.T) {
	o := options(t)
	o.Faults = fault.NewScript(1, fault.Rule{Key: "dir/k", Fault: fault.Fault{Answer: &fault.Answer{Status: 503, Code: "Busy"}}})
	_, h := start(t, o)
	defer http.DefaultClient.CloseIdleConnections()
	c := client{t: t, base: h.URL, sign: signOSS}
	c.do("GET", "/demo/dir/k", nil).code(503, "Busy")
	r := c.request("GET", "/demo/dir/k", "", nil)
	r.Host, r.URL.Path, r.URL.RawPath = "demo.localhost", "/dir/k", ""
	c.send(r).code(503, "Busy")
	r = c.request("GET", "/demo/dir/k", "", nil)
	r.Host = "demo.localhost" // and in the path, as ali-oss sends it with an IP address
	c.send(r).code(503, "Busy")
}

func TestDelayComesBeforeTheAnswer(t *testing.T) {
	rehearsed(t, func(t *testing.T, r mishap) {
		r.once(fault.Fault{Delay: 80 * time.Millisecond})
		for _, slow := range []bool{true, false} {
			begun := time.Now()
			r.do("PUT", "/demo/k", []byte("x")).ok(200)
			if took := time.Since(begun); slow && took < 80*time.Millisecond {
				t.Errorf("it took %s", took)
			}
		}
		r.struck(1)
	})
}

func TestAnswerThatTheStoreNeverGave(t *testing.T) {
	rehearsed(t, func(t *testing.T, r mishap) {
		busy := &fault.Answer{Status: 503, Code: "SlowDown", Header: map[string]string{"Retry-After": "3", r.prefix + "request-id": ""}}
		r.script.Set(fault.Rule{Times: 2, Fault: fault.Fault{Answer: busy}})
		a := r.do("PUT", "/demo/k", pattern(1<<20)).code(503, "SlowDown").has("Retry-After", "3").has(r.prefix+"request-id", "")
		if !bytes.Contains(a.body, []byte("<Message>Service Unavailable</Message>")) {
			t.Errorf("%s", a.body)
		}
		if a := r.do("HEAD", "/demo/k", nil).ok(503); len(a.body) > 0 {
			t.Errorf("a HEAD has the body %s", a.body)
		}
		r.struck(2)
		r.do("HEAD", "/demo/k", nil).ok(404)

		r.once(fault.Fault{Answer: &fault.Answer{Status: 502, Body: "<html>proxy</html>", Header: map[string]string{"Server": "nginx"}}})
		if a := r.do("PUT", "/demo/k", []byte("x")).ok(502).has("Server", "nginx").has(r.prefix+"request-id", ""); string(a.body) != "<html>proxy</html>" {
			t.Errorf("%s", a.body)
		}
		r.do("HEAD", "/demo/k", nil).ok(404)
	})
}

func TestTokenExpiresInTheDialectsWords(t *testing.T) {
	rehearsed(t, func(t *testing.T, r mishap) {
		r.once(fault.Fault{Expire: true})
		if a := r.do("PUT", "/demo/k", []byte("x")); r.prefix == "x-oss-" {
			a.code(403, "SecurityTokenExpired")
		} else {
			a.code(400, "ExpiredToken")
		}
		r.do("PUT", "/demo/k", []byte("x")).ok(200)
		r.struck(1)
	})
}

func TestClockThatIsOffCanBeLearnt(t *testing.T) {
	type refusal struct{ ServerTime time.Time }
	rehearsed(t, func(t *testing.T, r mishap) {
		for _, skew := range []time.Duration{20 * time.Minute, -20 * time.Minute} {
			r.once(fault.Fault{Skew: skew})
			a := r.do("PUT", "/demo/k", []byte("x")).code(403, "RequestTimeTooSkewed")
			date, err := http.ParseTime(a.Header.Get("Date"))
			if off := time.Until(date); err != nil || (off-skew).Abs() > time.Minute {
				t.Errorf("the date is off by %s, want %s: %v", off, skew, err)
			}
			if off := time.Until(read[refusal](a).ServerTime); (off - skew).Abs() > time.Minute {
				t.Errorf("the time in the error is off by %s, want %s", off, skew)
			}
		}
		r.once(fault.Fault{Skew: 5 * time.Minute})
		date, _ := http.ParseTime(r.do("PUT", "/demo/k", []byte("x")).ok(200).Header.Get("Date"))
		if off := time.Until(date); off < 4*time.Minute {
			t.Errorf("the date of a request that is let in is off by %s", off)
		}
		r.do("PUT", "/demo/k", []byte("x")).ok(200)
		r.struck(1)
	})
}

func TestOneRuleOfMany(t *testing.T) {
	rehearsed(t, func(t *testing.T, r mishap) {
		busy := fault.Fault{Answer: &fault.Answer{Status: 503, Code: "SlowDown"}}
		r.script.Set(fault.Rule{Every: 3, Fault: busy}, fault.Rule{Key: "no", Fault: fault.Fault{Expire: true}})
		var got []int
		for range 7 {
			got = append(got, r.do("PUT", "/demo/k", []byte("x")).StatusCode)
		}
		if want := []int{200, 200, 503, 200, 200, 503, 200}; !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		r.struck(2, 0)
	})
}
