package devstore

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ingest-dev/ingest/devstore/fault"
)

// administer sends a request without a signature.
func administer(t *testing.T, h *httptest.Server, method, body string) (status int, text string) {
	t.Helper()
	r, err := http.NewRequest(method, h.URL+adminPath, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := h.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(content)
}

func TestFaultsCanBeSetFromOutside(t *testing.T) {
	o := options(t)
	o.Admin = true
	_, h := start(t, o)
	defer http.DefaultClient.CloseIdleConnections()
	c := client{t: t, base: h.URL, sign: signOSS}
	c.do("PUT", "/demo/k", []byte("x")).ok(200)
	if status, text := administer(t, h, "PUT", `[{"op": "put-object", "times": 1, "answer": {"status": 503, "code": "SlowDown"}}, {"delay": "1ms"}]`); status != 204 {
		t.Fatal(status, text)
	}
	c.do("PUT", "/demo/k", []byte("x")).code(503, "SlowDown")
	c.do("PUT", "/demo/k", []byte("x")).ok(200)
	var state fault.State
	status, text := administer(t, h, "GET", "")
	if err := json.Unmarshal([]byte(text), &state); err != nil || status != 200 {
		t.Fatal(status, text, err)
	}
	if len(state.Rules) != 2 || state.Rules[0].Answer.Code != "SlowDown" || state.Struck[0] != 1 || state.Struck[1] != 1 || state.Requests[fault.PutObject] != 3 {
		t.Errorf("%s", text)
	}
	if status, text := administer(t, h, "DELETE", ""); status != 204 {
		t.Fatal(status, text)
	}
	if _, text := administer(t, h, "GET", ""); !strings.Contains(text, `"rules": []`) || !strings.Contains(text, `"struck": []`) {
		t.Errorf("%s", text)
	}
}

func TestScriptThatIsNotValidChangesNothing(t *testing.T) {
	o := options(t)
	o.Admin, o.Faults = true, fault.NewScript(1, fault.Rule{Key: "kept"})
	_, h := start(t, o)
	for body, want := range map[string]int{
		``: 400, `{}`: 400, `[{"lies": "x"}]`: 400, `[{"op": "put"}]`: 400, `[{"chance": 2}]`: 400,
		`[` + strings.Repeat(" ", scriptLimit) + `]`: 413,
	} {
		if status, text := administer(t, h, "PUT", body); status != want || text == "" {
			t.Errorf("%.20s: %d, want %d: %s", body, status, want, text)
		}
	}
	if status, _ := administer(t, h, "POST", "[]"); status != 405 {
		t.Errorf("POST: %d", status)
	}
	if rules := o.Faults.State().Rules; len(rules) != 1 || rules[0].Key != "kept" {
		t.Errorf("%+v", rules)
	}
}

func TestNobodySetsFaultsWhereThatWasNotAskedFor(t *testing.T) {
	o := options(t)
	o.Faults = new(fault.Script)
	_, h := start(t, o)
	for _, method := range []string{"GET", "PUT", "DELETE"} {
		if status, text := administer(t, h, method, `[{"stall": true}]`); status != 403 || !strings.Contains(text, "AccessDenied") {
			t.Errorf("%s: %d %s", method, status, text)
		}
	}
	defer http.DefaultClient.CloseIdleConnections()
	client{t: t, base: h.URL, sign: signOSS}.do("GET", adminPath, nil).code(400, "InvalidBucketName")
	if got := o.Faults.State().Rules; len(got) != 0 {
		t.Errorf("%+v", got)
	}
}
