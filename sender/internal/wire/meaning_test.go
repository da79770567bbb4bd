package wire

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/sender"
)

var quiet = log.New(io.Discard, "", 0)

func TestTLSMistakesStopTheRun(t *testing.T) {
	ok := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	for name, prepare := range map[string]func(s *httptest.Server) string{
		"unknown authority": func(s *httptest.Server) string { s.StartTLS(); return s.URL },
		"TLS 1.0": func(s *httptest.Server) string {
			s.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10}
			s.StartTLS()
			return s.URL
		},
		"no TLS": func(s *httptest.Server) string { s.Start(); return strings.Replace(s.URL, "http", "https", 1) },
	} {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewUnstartedServer(ok)
			srv.Config.ErrorLog = quiet
			u, err := url.Parse(prepare(srv))
			defer srv.Close()
			if err != nil {
				t.Fatal(err)
			}
			_, err = client(t, Options{}).Do(t.Context(), put(u, []byte("abc")))
			if failed(t, err, sender.StopRun, false) == "" {
				t.Fatalf("no hint: %v", err)
			}
		})
	}
}

func TestHandshakeThatIsCutIsTriedAgain(t *testing.T) {
	u := serve(t, func(c *net.TCPConn) { drain(io.LimitReader(c, 10)); reset(c) })
	u.Scheme = "https"
	_, err := client(t, Options{}).Do(t.Context(), put(u, []byte("abc")))
	failed(t, err, sender.TryAgain, false)
	unreachable(t, err, true)
}

func TestUnknownHostStopsTheRunButASilentResolverDoesNot(t *testing.T) {
	x := &exchange{request: &Request{}}
	if x.hint(&net.OpError{Op: "dial", Err: &net.DNSError{IsNotFound: true}}) == "" {
		t.Error("an unknown host has no hint")
	}
	if h := x.hint(&net.OpError{Op: "dial", Err: &net.DNSError{IsTimeout: true}}); h != "" {
		t.Errorf("a silent resolver has the hint %q", h)
	}
}

func TestProxyRefusals(t *testing.T) {
	x := &exchange{request: &Request{}}
	if x.hint(&proxyRefusal{http.StatusProxyAuthRequired}) == "" {
		t.Error("407 has no hint")
	}
	if h := x.hint(&proxyRefusal{http.StatusBadGateway}); h != "" {
		t.Errorf("502 has the hint %q", h)
	}
}

func TestCAFileMistakesAreSaid(t *testing.T) {
	for _, name := range []string{"testdata/none.pem", "doc.go"} {
		if _, err := NewClient(Options{CAFile: name}); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestRetryAfterIsBounded(t *testing.T) {
	date := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"":                       0,
		"7":                      7 * time.Second,
		"-7":                     0,
		"99999999999999999":      maxRetryAfter,
		"9999999999999999999999": 0,
		"soon":                   0,
		date.Add(3 * time.Second).Format(http.TimeFormat):  3 * time.Second,
		date.Add(-3 * time.Second).Format(http.TimeFormat): 0,
		date.Add(time.Hour).Format(http.TimeFormat):        maxRetryAfter,
	} {
		h := Header{{"Retry-After", value}, {"Date", date.Format(http.TimeFormat)}}
		if got := RetryAfter(h); got != want {
			t.Errorf("%q: got %v, want %v", value, got, want)
		}
	}
}

func TestErrorKinds(t *testing.T) {
	for _, c := range []struct {
		status int
		code   string
		kind   sender.Kind
		err    error
	}{
		{301, "", sender.StopRun, nil}, {307, "", sender.StopRun, nil},
		{400, "", sender.GiveUp, nil}, {400, "RequestTimeout", sender.TryAgain, nil},
		{401, "", sender.StopRun, nil}, {403, "AccessDenied", sender.GiveUp, nil},
		{404, "NoSuchUpload", sender.GiveUp, sender.ErrNoSuchUpload},
		{404, "NoSuchBucket", sender.StopRun, nil},
		{408, "", sender.TryAgain, nil}, {429, "", sender.TryAgain, nil},
		{500, "", sender.TryAgain, nil}, {501, "", sender.GiveUp, nil}, {502, "", sender.TryAgain, nil},
		{503, "SlowDown", sender.TryAgain, nil}, {599, "", sender.TryAgain, nil},
	} {
		if kind, _, err := ErrorKind(c.status, c.code); kind != c.kind || !errors.Is(err, c.err) {
			t.Errorf("%d %s: got %d, %v", c.status, c.code, kind, err)
		}
	}
}

func TestEscape(t *testing.T) {
	const s = "目录/a b+c%?#~-._Z9"
	if got := string(AppendEscaped(nil, s, true)); got != "%E7%9B%AE%E5%BD%95/a%20b%2Bc%25%3F%23~-._Z9" {
		t.Error(got)
	}
	if got := string(AppendEscaped([]byte("x="), "/", false)); got != "x=%2F" {
		t.Error(got)
	}
}

type page struct {
	XMLName struct{} `xml:"Page"`
	Item    []string `xml:"Item"`
}

func TestHostileXMLIsRefused(t *testing.T) {
	for name, body := range map[string]string{
		"empty":         "",
		"cut":           "<Page><Item>a</Item>",
		"other root":    "<Error/>",
		"two roots":     "<Page/><Page/>",
		"text after":    "<Page/>x",
		"text before":   "x<Page/>",
		"HTML":          "<!DOCTYPE html><html><br></html>",
		"document type": `<!DOCTYPE Page [<!ENTITY a "aaaa">]><Page><Item>&a;</Item></Page>`,
		"entity":        "<Page><Item>&a;</Item></Page>",
		"deep":          strings.Repeat("<Page>", 100) + strings.Repeat("</Page>", 100),
		"very deep":     strings.Repeat("<a>", 1_000_000),
		"long":          "<Page>" + strings.Repeat(" ", MaxBody) + "</Page>",
		"charset":       `<?xml version="1.0" encoding="GBK"?><Page/>`,
	} {
		if err := DecodeXML([]byte(body), new(page)); !errors.Is(err, ErrXML) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestHarmlessXMLIsTaken(t *testing.T) {
	var p page
	const body = "  <?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Page xmlns=\"http://x\"><Item>a&amp;b&#34;</Item></Page>\n<!-- c -->\n"
	if err := DecodeXML([]byte(body), &p); err != nil || fmt.Sprint(p.Item) != `[a&b"]` {
		t.Fatalf("got %v, %v", p, err)
	}
}

func FuzzDecodeXML(f *testing.F) {
	f.Add([]byte("<Page><Item>a</Item></Page>"))
	f.Add([]byte("<!DOCTYPE a><Page/>"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var p page
		if DecodeXML(b, &p) == nil && !strings.Contains(string(b), "Page") {
			t.Fatalf("%q was taken", b)
		}
	})
}
