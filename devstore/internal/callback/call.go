package callback

import (
	"context"
	"crypto/md5" // Content-MD5
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"time"
)

const (
	// patience is how long a server may take to answer.
	patience = 5 * time.Second
	// answerLimit is the longest answer, in bytes.
	answerLimit = 1 << 20
)

// The diagnostic codes of failures.
const (
	ecFailed  = "0007-00000203"
	ecNotJSON = "0007-00000205"
)

// Failure is returned by Call when no server took the callback.
type Failure struct{ Message, EC string }

// Error returns the message.
func (e *Failure) Error() string { return e.Message }

// errBeyond is returned by a dial of what is not this machine.
var errBeyond = errors.New("not a loopback address")

// Answer is what an application server said.
type Answer struct {
	Body        []byte // JSON
	ContentType string
}

// Caller makes callbacks. It may be used concurrently, and holds nothing open.
type Caller struct {
	anywhere bool
	client   *http.Client
	patience time.Duration
}

// NewCaller returns a Caller that calls this machine alone, or anywhere. It neither follows redirects nor uses a proxy.
func NewCaller(anywhere bool) *Caller {
	dialer := &net.Dialer{}
	if !anywhere {
		dialer.Control = loopbackOnly
	}
	return &Caller{anywhere: anywhere, patience: patience, client: &http.Client{
		Transport:     &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// loopbackOnly looks at what a name was resolved to: it may be another address each time.
func loopbackOnly(_, address string, _ syscall.RawConn) error {
	a, err := netip.ParseAddrPort(address)
	if err != nil || !a.Addr().Unmap().IsLoopback() {
		return errBeyond
	}
	return nil
}

// Parse reads a configuration and its variables: see [Parse].
func (c *Caller) Parse(config, variables string) (*Callback, error) {
	return Parse(config, variables, c.anywhere)
}

// Call tells one server after the other until one takes it, and returns what that one says, or a *Failure. Each has
// 5 seconds.
func (c *Caller) Call(ctx context.Context, cb *Callback, e Event) (a Answer, err error) {
	body := cb.fill(e)
	for _, u := range cb.urls {
		if a, err = c.post(ctx, u, cb, body, e); err == nil {
			break
		}
	}
	return a, err
}

func (c *Caller) post(ctx context.Context, url string, cb *Callback, body string, e Event) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return Answer{}, unreachable
	}
	sum := md5.Sum([]byte(body))
	for name, value := range map[string]string{
		"Content-Type": cb.bodyType, "Content-MD5": base64.StdEncoding.EncodeToString(sum[:]),
		"User-Agent": "aliyun-oss-callback", "x-oss-bucket": e.Bucket, "x-oss-request-id": e.RequestID,
		"x-oss-tag": "CALLBACK",
	} {
		r.Header.Set(name, value)
	}
	r.Host = cb.host
	response, err := c.client.Do(r)
	if err != nil {
		return Answer{}, unanswered(err)
	}
	defer func() { _ = response.Body.Close() }()
	return read(response)
}

var (
	unreachable = &Failure{"Error status : -1.OSS can not connect to your callbackUrl, please check it.", ecFailed}
	tooSlow     = &Failure{"Cost too long time.", ecFailed}
	tooLong     = &Failure{"Error status : 400.User server return too long content-length value.", ecFailed}
	notJSON     = &Failure{"Response body is not valid json format.", ecNotJSON}
)

func unanswered(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return tooSlow
	}
	return unreachable
}

// read returns an answer if it is one that OSS passes on.
func read(r *http.Response) (Answer, error) {
	switch {
	case r.StatusCode != http.StatusOK:
		return Answer{}, &Failure{fmt.Sprintf("Error status : %d.", r.StatusCode), ecFailed}
	case r.ContentLength < 0, r.ContentLength > answerLimit:
		return Answer{}, tooLong
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return Answer{}, unanswered(err)
	}
	if !json.Valid(body) {
		return Answer{}, notJSON
	}
	contentType := r.Header.Get("Content-Type")
	if contentType == "" {
		contentType = jsn
	}
	return Answer{Body: body, ContentType: contentType}, nil
}
