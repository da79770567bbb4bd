package callback

import (
	"encoding/base64"
	"encoding/json"
	"net/netip"
	"net/url"
	"strings"
)

// The content types of a callback's body.
const (
	form = "application/x-www-form-urlencoded"
	jsn  = "application/json"
)

// urlMost is how many URLs a configuration may have.
const urlMost = 5

// Invalid is returned by Parse when a client asks for a callback that cannot be made.
type Invalid struct {
	Argument, Value string
	Message         string
	EC              string // the diagnostic code of OSS, "" where it is not known
}

// Error returns the message.
func (e *Invalid) Error() string { return e.Message }

// Callback is what a client asks for.
type Callback struct {
	urls     []string
	host     string // the Host to send, "" for the URL's
	body     string // with ${variables}
	bodyType string
	custom   map[string]string // variables of the client's own, by name: x:…
}

type configuration struct {
	URL      string `json:"callbackUrl"`
	Host     string `json:"callbackHost"`
	Body     string `json:"callbackBody"`
	BodyType string `json:"callbackBodyType"`
}

// Parse reads a configuration and, if it is not empty, its variables, or returns an *Invalid. Unless anywhere is set,
// no URL may be of another host than this one.
func Parse(config, variables string, anywhere bool) (*Callback, error) {
	var c configuration
	if err := decode(config, &c); err != nil {
		return nil, &Invalid{"callback", config, "The callback configuration is not json format.", "0007-00000003"}
	}
	cb := &Callback{host: c.Host, body: c.Body, bodyType: c.BodyType}
	if cb.bodyType == "" {
		cb.bodyType = form
	}
	if err := cb.setURLs(c.URL, anywhere); err != nil {
		return nil, err
	}
	if err := cb.setVariables(variables); err != nil {
		return nil, err
	}
	return cb, cb.checkBody()
}

func decode(text string, v any) error {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, v)
}

func (cb *Callback) setURLs(list string, anywhere bool) error {
	for one := range strings.SplitSeq(list, ";") {
		if one = strings.TrimSpace(one); one == "" {
			continue
		}
		if !strings.Contains(one, "://") {
			one = "http://" + one
		}
		u, err := url.Parse(one)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return &Invalid{"callbackUrl", one, "The callbackUrl is not a valid URL.", ""}
		}
		if !anywhere && !loopback(u.Hostname()) {
			return &Invalid{"callbackUrl", one, "This server calls back to loopback addresses only.", ""}
		}
		cb.urls = append(cb.urls, one)
	}
	if n := len(cb.urls); n == 0 || n > urlMost {
		return &Invalid{"callbackUrl", list, "The callbackUrl has to be one to five URLs.", ""}
	}
	return nil
}

// loopback reports whether a host is this machine by its name. What the name stands for is looked at when it is
// called.
func loopback(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Unmap().IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

func (cb *Callback) setVariables(text string) error {
	if text == "" {
		return nil
	}
	if err := decode(text, &cb.custom); err != nil {
		return &Invalid{"callback-var", text, "The callback-var is not json format.", ""}
	}
	for name := range cb.custom {
		if !strings.HasPrefix(name, "x:") || name != strings.ToLower(name) {
			return &Invalid{"callback-var", name, "The names of callback-var begin with x: and are in lower case.", ""}
		}
	}
	return nil
}

func (cb *Callback) checkBody() error {
	switch {
	case cb.body == "":
		return &Invalid{"callbackBody", "", "The callbackBody is empty.", "0007-00000011"}
	case cb.bodyType != form && cb.bodyType != jsn:
		return &Invalid{"callbackBodyType", cb.bodyType, "The callbackBodyType has to be " + form + " or " + jsn + ".", ""}
	case cb.bodyType == jsn && !json.Valid([]byte(cb.fill(Event{}))):
		return &Invalid{"callbackBody", cb.body, "The callback configuration is not json format.", ""}
	}
	return nil
}
