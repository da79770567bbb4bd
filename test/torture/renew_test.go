package torture

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/ingest-dev/ingest/devstore"
	"github.com/ingest-dev/ingest/test/internal/lab"
)

// office issues temporary keys: each has a token of its own, and only the last one's is good.
type office struct {
	id, secret string
	issued     atomic.Int64
	expired    atomic.Int64 // tokens up to this one are
}

// ServeHTTP issues keys in the words of both vendors.
func (o *office) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	token := o.token(o.issued.Add(1))
	fmt.Fprintf(w, `{"Code":"Success","AccessKeyId":%q,"AccessKeySecret":%q,"SecretAccessKey":%q,"SecurityToken":%q,"Token":%q,"Expiration":"2099-01-01T00:00:00Z"}`,
		o.id, o.secret, o.secret, token, token)
}

func (o *office) token(n int64) string { return fmt.Sprintf("issued%04dtoken0123456789", n) }

// expire ends all tokens issued so far.
func (o *office) expire() { o.expired.Store(o.issued.Load()) }

// guard refuses requests whose token has expired, in the words of the dialect.
func (o *office) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		oss, aws := r.Header.Get("X-Oss-Security-Token"), r.Header.Get("X-Amz-Security-Token")
		for n := range o.expired.Load() {
			if old := o.token(n + 1); oss == old || aws == old {
				_, _ = io.Copy(io.Discard, r.Body) // a client that is gone needs no answer
				refuseExpired(w, oss != "")
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

func refuseExpired(w http.ResponseWriter, oss bool) {
	status, code := http.StatusBadRequest, "ExpiredToken"
	if oss {
		status, code = http.StatusForbidden, "SecurityTokenExpired"
	}
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>The token has expired.</Message></Error>", code)
}

// The token expires again and again while one large file is sent, though its expiry says otherwise. Each time another
// is asked for, and the upload goes on. The long form sends 1 GiB.
func TestTokenThatExpiresInALargeUploadIsRenewed(t *testing.T) {
	size := 48 << 20
	if lab.NewBudget(t, 0).Long {
		size = 1 << 30
	}
	for _, kind := range []lab.Kind{lab.OSS, lab.S3} {
		t.Run(string(kind), func(t *testing.T) {
			o, seen := new(office), new(tap)
			l := lab.New(t, lab.Options{
				Kind: kind, Sizes: []int{size},
				Wrap:  func(h http.Handler) http.Handler { return seen.wrap(o.guard(h)) },
				Store: func(o *devstore.Options) { o.SessionToken = "" }, // any is good that the office does not call old
			})
			o.id, o.secret = l.Keys()
			server := httptest.NewServer(o)
			t.Cleanup(server.Close)
			seen.after(4, o.expire)
			seen.after(10, o.expire)
			trial := l.Trial()
			r := trial.Run(lab.Command{Env: issuedBy(server.URL), Flags: []string{"--part-size", fmt.Sprint(size / 8)}})
			trial.Arrived(r)
			if _, again := trial.SentAgain(); again > 0 {
				t.Errorf("%d parts were sent again that had been taken", again)
			}
			if n := o.issued.Load(); n < 2 {
				t.Errorf("%d tokens were issued", n)
			}
		})
	}
}

// issuedBy is the environment of a run whose keys come from a URL alone.
func issuedBy(url string) []string {
	return []string{
		"OSS_ACCESS_KEY_ID=", "OSS_ACCESS_KEY_SECRET=", "OSS_SESSION_TOKEN=", "ALIBABA_CLOUD_CREDENTIALS_URI=" + url,
		"AWS_ACCESS_KEY_ID=", "AWS_SECRET_ACCESS_KEY=", "AWS_SESSION_TOKEN=", "AWS_CONTAINER_CREDENTIALS_FULL_URI=" + url,
	}
}
