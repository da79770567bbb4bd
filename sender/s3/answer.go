package s3

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// Bounds of what an error takes over from an answer, in bytes.
const (
	maxMessage = 1024
	maxID      = 256
	maxSnippet = 160
)

// refusalXML is the body of a refusal. The root is "Error"; what a store repeats of the request, such as the string
// to sign, is left out on purpose.
type refusalXML struct {
	XMLName      xml.Name
	Code         string `xml:"Code"`
	Message      string `xml:"Message"`
	RequestID    string `xml:"RequestId"`
	HostID       string `xml:"HostId"`
	Region       string `xml:"Region"`
	Endpoint     string `xml:"Endpoint"`
	ArgumentName string `xml:"ArgumentName"`
}

// parseRefusal returns the refusal that a body holds, or false if it is none of an S3 store.
func parseRefusal(body []byte) (refusalXML, bool) {
	var x refusalXML
	if wire.DecodeXML(body, &x) != nil || x.XMLName.Local != "Error" || x.Code == "" {
		return refusalXML{}, false
	}
	return x, true
}

// classified returns the error that an answer without success means.
func (s *Store) classified(c *call, answer *wire.Response) *sender.Error {
	x, known := parseRefusal(answer.Body)
	e := c.failed(sender.GiveUp, nil)
	c.identify(e, answer)
	e.Code = cut(c.clean(x.Code), maxID)
	e.Message = cut(c.clean(x.Message), maxMessage)
	e.RequestID = cmp.Or(cut(c.clean(x.RequestID), maxID), e.RequestID)
	e.HostID = cmp.Or(cut(c.clean(x.HostID), maxID), e.HostID)
	e.RetryAfter = wire.RetryAfter(answer.Header)
	e.Kind, e.Throttle, e.Err = meaning(answer.Status, x.Code)
	e.Hint = c.clean(s.hint(&x, answer))
	if known {
		judgeRefusal(e, &x)
	} else {
		c.judgeForeign(e, answer)
	}
	if s.elsewhere(&x, answer) {
		e.Kind = sender.StopRun
	}
	return e
}

// identify adds what the store's operator finds an answer by.
func (c *call) identify(e *sender.Error, answer *wire.Response) {
	e.Status = answer.Status
	e.RequestID = cut(c.clean(answer.Header.Get("X-Amz-Request-Id")), maxID)
	e.HostID = cut(c.clean(answer.Header.Get("X-Amz-Id-2")), maxID)
}

// judgeRefusal corrects what the code alone says: an AccessDenied that names another endpoint is of the whole bucket.
func judgeRefusal(e *sender.Error, x *refusalXML) {
	if e.Code == "AccessDenied" && x.Endpoint != "" {
		e.Kind = sender.StopRun
	}
	if x.ArgumentName != "" && !strings.Contains(e.Message, x.ArgumentName) {
		e.Message = cut(e.Message+" ("+x.ArgumentName+")", maxMessage)
	}
}

// judgeForeign explains an answer that is not an S3 store's. Without a body, as HEAD has it, the status is all there
// is; with one, somebody on the way has answered, who knows nothing of the object.
func (c *call) judgeForeign(e *sender.Error, answer *wire.Response) {
	if c.method == http.MethodHead || blank(answer.Body) {
		e.Message = fmt.Sprintf("%d %s", answer.Status, http.StatusText(answer.Status))
		if c.method == http.MethodHead && answer.Status == http.StatusNotFound {
			e.Err = sender.ErrNotFound
		}
		return
	}
	e.Message = "the answer is not an S3 store's: " + snippet(answer.Body, c.clean)
	if answer.Status/100 != 3 {
		e.Kind = sender.TryAgain
		e.Err = nil
	}
}

// unreadable is the error of a success whose body does not say so: whether the request was carried out is unknown.
func (c *call) unreadable(answer *wire.Response, why string) *sender.Error {
	if !blank(answer.Body) {
		why += ": " + snippet(answer.Body, c.clean)
	}
	e := c.failed(sender.TryAgain, fmt.Errorf("%w: %s", sender.ErrNoAnswer, why))
	c.identify(e, answer)
	return e
}

// snippet returns the start of a foreign body, quoted. The whole is cleaned before it is cut, so that no half of a
// secret is left.
func snippet(body []byte, clean func(string) string) string {
	return fmt.Sprintf("%q", cut(clean(string(body)), maxSnippet))
}

// oneLine returns the text of an error without line breaks, bounded.
func oneLine(s string) string {
	return cut(strings.Join(strings.Fields(s), " "), maxMessage)
}

// cut shortens s to at most n bytes, between two characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
