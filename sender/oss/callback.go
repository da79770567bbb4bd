package oss

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// The headers of requests that make an object. What they mean is in
// https://www.alibabacloud.com/help/en/oss/developer-reference/callback, and on the pages of the operations.
const (
	headerOnlyNew      = "X-Oss-Forbid-Overwrite"
	headerCallback     = "X-Oss-Callback"
	headerCallbackVars = "X-Oss-Callback-Var"
)

// statusCallbackFailed is the answer that the object is stored, and that the application server was not reached or has
// not answered well: https://www.alibabacloud.com/help/en/oss/support/http-status-code-203.
const statusCallbackFailed = http.StatusNonAuthoritativeInfo

// The bounds of a callback: https://www.alibabacloud.com/help/en/oss/support/0007-00000101 and its neighbours.
const (
	maxCallback     = 5 << 10 // bytes of each of the two headers
	maxCallbackURLs = 5
)

// onlyNew makes a request fail where there is an object. OSS keeps to it in buckets without versions alone.
func onlyNew(h *wire.Header, o *sender.Object) {
	if o.OnlyNew {
		set(h, headerOnlyNew, "true")
	}
}

// conditions adds to a request that makes an object whether it must be new, and who is to hear of it.
func (c *call) conditions(o *sender.Object) {
	onlyNew(&c.header, o)
	if o.Callback == "" {
		return
	}
	c.calls = true
	set(&c.header, headerCallback, base64.StdEncoding.EncodeToString([]byte(o.Callback)))
	if len(o.CallbackVars) > 0 {
		set(&c.header, headerCallbackVars, base64.StdEncoding.EncodeToString(callbackVars(o.CallbackVars)))
	}
}

func callbackVars(vars map[string]string) []byte {
	text, _ := json.Marshal(vars) // a map of strings never fails
	return text
}

// called reads the answer to a request with a callback. Of the object there are the headers only, as the body is the
// application server's, or says why there is none. Without OSS's own number it is the answer of something between.
func (s *Store) called(ctx context.Context, c *call, answer *wire.Response) (sender.Receipt, error) {
	if answer.Header.Get(headerRequestID) == "" {
		return sender.Receipt{}, c.broken(answer, errNotNumbered)
	}
	if p, ok := decodeProblem(c.blot(answer.Body)); ok && answer.Status != statusCallbackFailed {
		return sender.Receipt{}, s.refusal(ctx, c, answer, p) // Complete may fail after its status was sent
	}
	r, err := c.receipt(answer)
	if err != nil {
		return sender.Receipt{}, err
	}
	r.Callback = &sender.Callback{Answer: answered(c.blot(answer.Body))}
	if answer.Status == statusCallbackFailed {
		r.Callback = &sender.Callback{Err: c.callbackError(answer)}
	}
	return r, nil
}

var errNotNumbered = errors.New("a success without a request id is not an answer of OSS; something between may have given it")

// answered returns what is kept of an application server's answer.
func answered(body []byte) []byte { return slices.Clone(body[:min(len(body), sender.MaxAnswer)]) }

// callbackError is why OSS could not call back.
func (c *call) callbackError(answer *wire.Response) *sender.Error {
	body := c.errorBody(answer)
	p, ok := decodeProblem(body)
	if !ok {
		p = &problem{Code: "CallbackFailed", Message: snippet(body)}
	}
	return &sender.Error{
		Op: "call back", Key: c.named(), Status: answer.Status, Code: p.Code, Message: p.Message, HostID: p.HostID,
		RequestID: first(p.RequestID, c.clean(answer.Header.Get(headerRequestID), maxField)),
		EC:        first(p.EC, c.clean(answer.Header.Get("X-Oss-Ec"), maxField)),
	}
}

// checkCallback holds a callback against what OSS takes. A field that OSS does not define is most likely misspelt.
// Variables without a callback go nowhere, and are no mistake: the callback of all rows may come from elsewhere.
func checkCallback(o *sender.Object) error {
	if o.Callback != "" {
		if err := checkCallbackText(o.Callback); err != nil {
			return fmt.Errorf("callback: %w", err)
		}
	}
	if base64.StdEncoding.EncodedLen(len(callbackVars(o.CallbackVars))) > maxCallback {
		return fmt.Errorf("callback_vars: they are more than the %d bytes that OSS takes", maxCallback)
	}
	for name := range o.CallbackVars {
		rest, ok := strings.CutPrefix(name, "x:")
		if !ok || rest == "" || strings.ToLower(name) != name {
			return fmt.Errorf("callback_vars: name %q: OSS wants x: in front, and lower case", name)
		}
	}
	return nil
}

// callback is what OSS defines.
type callback struct {
	URL      string `json:"callbackUrl"`
	Host     string `json:"callbackHost"`
	Body     string `json:"callbackBody"`
	BodyType string `json:"callbackBodyType"`
	SNI      bool   `json:"callbackSNI"`
}

var callbackFields = []string{"callbackUrl", "callbackHost", "callbackBody", "callbackBodyType", "callbackSNI"}

// parseCallback takes names as they are, where encoding/json takes them in any case.
func parseCallback(text string) (c callback, err error) {
	var fields map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal([]byte(text), &fields), json.Unmarshal([]byte(text), &c)); err != nil {
		return c, fmt.Errorf("it is not the JSON object that OSS defines: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if err := oneOf(name, callbackFields); err != nil {
			return c, fmt.Errorf("field %w", err)
		}
	}
	return c, nil
}

func checkCallbackText(text string) error {
	c, err := parseCallback(text)
	switch {
	case err != nil:
		return err
	case c.URL == "":
		return errors.New("callbackUrl is missing")
	case strings.Count(strings.TrimSuffix(c.URL, ";"), ";") >= maxCallbackURLs:
		return fmt.Errorf("callbackUrl has more than the %d URLs that OSS takes", maxCallbackURLs)
	case c.Body == "":
		return errors.New("callbackBody is missing")
	case base64.StdEncoding.EncodedLen(len(text)) > maxCallback:
		return fmt.Errorf("it is more than the %d bytes that OSS takes, as base64", maxCallback)
	}
	if err := oneOf(c.BodyType, callbackBodyTypes); err != nil {
		return fmt.Errorf("callbackBodyType: %w", err)
	}
	return nil
}

var callbackBodyTypes = []string{"application/x-www-form-urlencoded", "application/json"}
