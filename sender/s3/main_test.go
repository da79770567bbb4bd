package s3

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"go.uber.org/goleak"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// testKeys are canaries as well: none of them may show up in an error.
var testKeys = aws.Credentials{AccessKeyID: "AKIDTEST", SecretAccessKey: "CANARY-SECRET", SessionToken: "CANARY-TOKEN"}

func static(c aws.Credentials) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return c, nil })
}

// seen is what a fake store remembers of a request.
type seen struct {
	method, path, query string
	header              http.Header
	body                []byte
}

// fake is a scripted store.
type fake struct {
	*Store
	mu   sync.Mutex
	seen []seen
}

// newFake returns a store whose endpoint answers with handle. It has read the body by then.
func newFake(t testing.TB, o Options, handle func(w http.ResponseWriter, r *seen)) *fake {
	t.Helper()
	f := new(fake)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		one := seen{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, r.Header, body}
		f.mu.Lock()
		f.seen = append(f.seen, one)
		f.mu.Unlock()
		handle(w, &one)
	}))
	o.Bucket, o.Endpoint, o.Region = "bucket", server.URL, "eu-west-1"
	if o.Credentials == nil {
		o.Credentials = static(testKeys)
	}
	o.Wire = wire.Options{}
	s, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	f.Store = s
	t.Cleanup(func() { s.Close(); server.Close() })
	return f
}

// requests returns what has arrived, and forgets it.
func (f *fake) requests() []seen {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := f.seen
	f.seen = nil
	return all
}

func payloadOf(data string, set ...hasher.Algorithm) sender.Payload {
	return sender.Payload{Data: []byte(data), Sums: hasher.Sum([]byte(data), hasher.SetOf(set...))}
}

func sumOfText(a hasher.Algorithm, data string) hasher.Checksum {
	return hasher.Sum([]byte(data), hasher.SetOf(a)).Get(a)
}

func xmlError(w http.ResponseWriter, status int, code, message string) {
	w.WriteHeader(status)
	_, _ = io.WriteString(w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>"+code+"</Code><Message>"+message+
		"</Message><RequestId>RID</RequestId><HostId>HID</HostId></Error>")
}
