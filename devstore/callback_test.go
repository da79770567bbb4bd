package devstore

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

// told is what an application server was told.
type told struct {
	header http.Header
	host   string
	body   string
}

// application is a server that is called back. It answers as answer does.
func application(t *testing.T, answer http.HandlerFunc) (address string, calls chan told) {
	t.Helper()
	calls = make(chan told, 10)
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		calls <- told{header: r.Header, host: r.Host, body: string(body)}
		answer(w, r)
	}))
	t.Cleanup(h.Close)
	return h.URL, calls
}

func yes(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = io.WriteString(w, `{"taken":true}`)
}

// coded returns what a callback's header has.
func coded(t *testing.T, fields map[string]string) string {
	t.Helper()
	text, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(text)
}

func TestCallbackTellsOfTheObjectAndBringsTheAnswer(t *testing.T) {
	c := ossClient(t)
	server, calls := application(t, yes)
	config := coded(t, map[string]string{
		"callbackUrl": server + "/told?a=b", "callbackHost": "app.example",
		"callbackBody": "b=${bucket}&o=${object}&e=${etag}&s=${size}&m=${mimeType}&c=${crc64}&i=${imageInfo.width}&v=${x:who}&gone=${x:gone}",
	})
	vars := coded(t, map[string]string{"x:who": "a&b"})
	a := c.do("PUT", "/demo/dir/a b", []byte("123456789"), "x-oss-callback", config, "x-oss-callback-var", vars, "Content-Type", "text/x-test")
	a.ok(200).has("Content-Type", "application/json; charset=utf-8").has("ETag", `"25F9E794323B453885F5181F1B624D0B"`)
	if string(a.body) != `{"taken":true}` {
		t.Errorf("the client got %q", a.body)
	}
	got := <-calls
	form, err := url.ParseQuery(got.body)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"b": "demo", "o": "dir/a b", "e": "25F9E794323B453885F5181F1B624D0B", "s": "9", "m": "text/x-test",
		"c": "11051210869376104954", "i": "", "v": "a&b", "gone": "",
	} {
		if form.Get(name) != want {
			t.Errorf("%s is %q, want %q: %s", name, form.Get(name), want, got.body)
		}
	}
	if got.host != "app.example" || got.header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		t.Errorf("host %s, %v", got.host, got.header)
	}
}

func TestCallbackInJSONQuotesItsValues(t *testing.T) {
	c := ossClient(t)
	server, calls := application(t, yes)
	config := map[string]string{
		"callbackUrl": server, "callbackBodyType": "application/json",
		"callbackBody": `{"object":${object},"size":${size},"mine":${x:mine},"none":${imageInfo.width}}`,
	}
	vars := coded(t, map[string]string{"x:mine": "\"\n<"})
	c.do("PUT", `/demo/"k"`, []byte("x"), "x-oss-callback", coded(t, config), "x-oss-callback-var", vars).ok(200)
	got := <-calls
	if want := `{"object":"\"k\"","size":1,"mine":"\"\n<","none":""}`; got.body != want || got.header.Get("Content-Type") != "application/json" {
		t.Errorf("told %s, want %s (%v)", got.body, want, got.header)
	}
	config["callbackBody"] = `{"object":"${object}"}`
	c.do("PUT", "/demo/quoted", []byte("x"), "x-oss-callback", coded(t, config)).code(400, "InvalidArgument")
	c.do("HEAD", "/demo/quoted", nil).ok(404)
}

func TestCallbackOfACompletionTakesTheRightOrderOfServers(t *testing.T) {
	c := ossClient(t)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	broken, first := application(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	good, second := application(t, yes)
	last, third := application(t, yes)
	config := coded(t, map[string]string{
		"callbackUrl":  strings.Join([]string{gone.URL, broken, strings.TrimPrefix(good, "http://"), last}, ";"),
		"callbackBody": "size=${size}&md5=${contentMd5}&op=${operation}",
	})
	id := initiate(c, "k")
	a := complete(c, "k", id, listed("1", part(c, "k", id, 1, []byte("abc"))), "x-oss-callback", config).ok(200)
	if string(a.body) != `{"taken":true}` || a.Header.Get("x-oss-hash-crc64ecma") == "" {
		t.Errorf("the client got %q, %v", a.body, a.Header)
	}
	<-first
	if got := <-second; got.body != "size=3&md5=&op=CompleteMultipartUpload" {
		t.Errorf("told %q", got.body)
	}
	if len(third) != 0 {
		t.Error("a server was told after another had taken the callback")
	}
}

func TestCallbackThatFailsKeepsTheObject(t *testing.T) {
	c := ossClient(t)
	elsewhere, strayed := application(t, yes)
	for name, x := range map[string]struct {
		answer http.HandlerFunc
		says   string
	}{
		"status":   {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusCreated) }, "Error status : 201."},
		"redirect": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere, http.StatusFound) }, "Error status : 302."},
		"no JSON":  {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "fine") }, "not valid json"},
		"too long": {func(w http.ResponseWriter, _ *http.Request) {
			text := `"` + strings.Repeat("x", 1<<20) + `"`
			w.Header().Set("Content-Length", strconv.Itoa(len(text)))
			_, _ = io.WriteString(w, text)
		}, "too long content-length"},
		"no length": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{`)
			_ = http.NewResponseController(w).Flush()
			_, _ = io.WriteString(w, `}`)
		}, "too long content-length"},
		"cut": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "can not connect"},
	} {
		t.Run(name, func(t *testing.T) {
			c := c
			c.t = t
			server, _ := application(t, x.answer)
			key := "/demo/" + strings.ReplaceAll(name, " ", "-")
			config := coded(t, map[string]string{"callbackUrl": server, "callbackBody": "k=${object}"})
			a := c.do("PUT", key, []byte("kept"), "x-oss-callback", config).code(203, "CallbackFailed")
			if !strings.Contains(string(a.body), x.says) || !strings.HasPrefix(a.Header.Get("x-oss-ec"), "0007-0000020") {
				t.Errorf("said %s", a.body)
			}
			a.has("x-oss-hash-crc64ecma", c.do("HEAD", key, nil).ok(200).Header.Get("x-oss-hash-crc64ecma"))
		})
	}
	if len(strayed) != 0 {
		t.Error("a redirect was followed")
	}
}

func TestCallbackThatCannotBeMadeStoresNothing(t *testing.T) {
	c := ossClient(t)
	good := map[string]string{"callbackUrl": "http://127.0.0.1:1", "callbackBody": "k=v"}
	with := func(name, value string) string {
		fields := map[string]string{}
		for k, v := range good {
			fields[k] = v
		}
		fields[name] = value
		return coded(t, fields)
	}
	for _, config := range []string{
		"{}", base64.StdEncoding.EncodeToString([]byte("{")), with("callbackBody", ""), with("callbackBodyType", "text/plain"),
		with("callbackUrl", ""), with("callbackUrl", strings.Repeat("http://127.0.0.1:1;", 6)), with("callbackUrl", "ftp://127.0.0.1"),
		with("callbackUrl", "http://192.0.2.1"), with("callbackUrl", "http://example.com"), with("callbackUrl", "http://127.0.0.1.example.com"),
		with("callbackUrl", "http://127.0.0.1:1;http://[2001:db8::1]"), with("callbackUrl", "http://127.0.0.1@example.com/"),
	} {
		c.do("PUT", "/demo/k", []byte("x"), "x-oss-callback", config).code(400, "InvalidArgument")
	}
	for _, vars := range []string{"{}", coded(t, map[string]string{"who": "x"}), coded(t, map[string]string{"x:Who": "x"})} {
		c.do("PUT", "/demo/k", []byte("x"), "x-oss-callback", coded(t, good), "x-oss-callback-var", vars).code(400, "InvalidArgument")
	}
	c.do("HEAD", "/demo/k", nil).ok(404)
}

// Who presigns a request for somebody else has the callback in the query, and so in the signature.
func TestCallbackMayStandInTheQuery(t *testing.T) {
	c := ossClient(t)
	server, calls := application(t, yes)
	query := url.Values{
		"callback":     {coded(t, map[string]string{"callbackUrl": server, "callbackBody": "x=${x:a}"})},
		"callback-var": {coded(t, map[string]string{"x:a": "b"})},
	}
	c.do("PUT", "/demo/k?"+query.Encode(), []byte("x")).ok(200)
	if got := <-calls; got.body != "x=b" {
		t.Errorf("told %q", got.body)
	}
	id := initiate(c, "k")
	query.Set("uploadId", id)
	body := listed("1", part(c, "k", id, 1, []byte("x")))
	c.do("POST", "/demo/k?"+query.Encode(), body).ok(200)
	if got := <-calls; got.body != "x=b" {
		t.Errorf("told %q", got.body)
	}
}
