package differential

import (
	"context"
	"time"

	"github.com/ingest-dev/ingest/devstore/fault"
)

var (
	busy    = refusal(503, "ServiceUnavailable", "ServiceUnavailable", nil)
	slow    = refusal(503, "TotalQpsLimitExceeded", "SlowDown", map[string]string{"Retry-After": "1", "x-oss-qos-delay-time": "1000"})
	denied  = refusal(403, "AccessDenied", "AccessDenied", nil)
	unknown = refusal(400, "InvalidPart", "InvalidPart", nil)
)

var refusals = []scenario{
	{name: "nothing goes wrong", size: large},
	{name: "503 to every third request", size: large, rules: to(fault.Rule{Every: 3}, busy)},
	{name: busyAtFirst, size: large, rules: to(fault.Rule{For: 3 * time.Second}, busy)},
	{name: throttled, size: large, rules: to(fault.Rule{For: 5 * time.Second}, slow)},
	{name: "a middlebox answers two parts with 500 and a web page", size: large, rules: always(fault.Rule{
		Op: fault.SendPart, Times: 2, Fault: fault.Fault{Answer: &fault.Answer{Status: 500, Body: page}},
	})},
	{name: "access is denied after four parts, until it is run again", size: large, want: []outcome{failed},
		rules: to(fault.Rule{Op: fault.SendPart, Skip: 4}, denied)},
	{name: "the token expires after four parts; there is another when it is run again", size: large, want: []outcome{failed},
		rules: leisurely, during: afterParts(4, func(_ context.Context, c *cell) {
			c.script.Set(fault.Rule{Fault: fault.Fault{Expire: true}})
		})},
	{name: "the client's clock is 20 minutes slow", size: large, rules: always(fault.Rule{Fault: fault.Fault{Skew: 20 * time.Minute}})},
	{name: "the upload is aborted in mid-run (a lifecycle rule)", size: large, rules: leisurely,
		during: afterParts(4, func(ctx context.Context, c *cell) {
			if err := c.abortUploads(ctx); err != nil && ctx.Err() == nil {
				c.Error(err)
			}
		})},
	{name: "InvalidPart to Complete, once", size: large, rules: to(fault.Rule{Op: fault.CompleteUpload, Times: 1}, unknown)},
}

const page = "<html><body><h1>This is not the store</h1></body></html>\n"

// visible are the requests that make an object visible.
func visible(f fault.Fault) func(*cell) []fault.Rule {
	return always(fault.Rule{Op: fault.PutObject, Times: 1, Fault: f}, fault.Rule{Op: fault.CompleteUpload, Times: 1, Fault: f})
}

// complete is the first Complete.
func complete(f fault.Fault) func(*cell) []fault.Rule {
	return always(fault.Rule{Op: fault.CompleteUpload, Times: 1, Fault: f})
}

// part is the third part that arrives.
func part(f fault.Fault) func(*cell) []fault.Rule {
	return always(fault.Rule{Op: fault.SendPart, Skip: 2, Times: 1, Fault: f})
}

// Names that are spoken of elsewhere.
const (
	throttled          = "throttled for 5 s, with how long to wait"
	busyAtFirst        = "503 to everything for 3 s"
	noPartChecksums    = "no checksum in the answers to parts and to Complete"
	noChecksumAnywhere = "no checksum in any answer"
)

var answers = []scenario{
	{name: "the answer to a part is lost", size: large, rules: part(fault.Fault{Lose: true})},
	{name: "the answer to Complete is lost", size: large, rules: complete(fault.Fault{Lose: true})},
	{name: "a small file: the answer to its only request is lost", size: small, rules: visible(fault.Fault{Lose: true})},
	{name: "Complete answers 200 with an error, once", size: large, rules: complete(fault.Fault{Lie: fault.ErrorIn200})},
	{name: "Complete answers 200 with an error, always", size: large, want: []outcome{failed},
		rules: always(fault.Rule{Op: fault.CompleteUpload, Fault: fault.Fault{Lie: fault.ErrorIn200}})},
	{name: "Complete is done, and its answer an empty 200", size: large, rules: complete(fault.Fault{Lie: fault.EmptyAnswer})},
	{name: "Complete is not done: a middlebox answers 200 with a web page", size: large,
		rules: complete(fault.Fault{Answer: &fault.Answer{Status: 200, Body: page}})},
	{name: "a part is not stored: a middlebox answers 200", size: large,
		rules: part(fault.Fault{Answer: &fault.Answer{Status: 200}})},
	{name: "a small file is not stored: a middlebox answers 200", size: small,
		rules: visible(fault.Fault{Answer: &fault.Answer{Status: 200}})},
	{name: "the XML of Complete's answer is cut in half", size: large,
		rules: complete(fault.Fault{Lie: fault.Garbled})},
	{name: "the answer that begins the upload is lost", size: large,
		rules: always(fault.Rule{Op: fault.BeginUpload, Times: 1, Fault: fault.Fault{Lose: true}})},
	{name: "the XML of the answer that begins the upload is cut in half", size: large,
		rules: always(fault.Rule{Op: fault.BeginUpload, Times: 1, Fault: fault.Fault{Lie: fault.Garbled}})},
	{name: "a part is redirected to another host (301)", size: large, rules: redirect(301), want: []outcome{finished, failed}, says: elsewhere},
	{name: "a part is redirected to another host (307)", size: large, rules: redirect(307), want: []outcome{finished, failed}, says: elsewhere},
}

func redirect(status int) func(*cell) []fault.Rule {
	return func(c *cell) []fault.Rule {
		to := map[string]string{"Location": c.foreign.url + "/elsewhere"}
		return part(fault.Fault{Answer: &fault.Answer{Status: status, Header: to}})(c)
	}
}

// elsewhere adds what another host learned.
func elsewhere(c *cell, _ ended) (string, bool) {
	saw := c.foreign.saw()
	return saw, saw == ""
}

var damages = []scenario{
	{name: "a bit of a part flips on the way; the store tells what it got", size: large, rules: part(fault.Fault{Flip: true})},
	{name: "a bit of a part flips in the store; the part's answer tells nothing of it", size: large, rules: part(fault.Fault{Hide: true})},
	{name: "a wrong ETag in a part's answer", size: large, rules: part(fault.Fault{Lie: fault.WrongETag})},
	{name: "a wrong checksum in a part's answer", size: large, rules: part(fault.Fault{Lie: fault.WrongChecksum})},
	{name: "a wrong checksum in Complete's answer", size: large,
		rules: complete(fault.Fault{Lie: fault.WrongChecksum})},
	{name: noPartChecksums, size: large, rules: always(
		fault.Rule{Op: fault.SendPart, Fault: fault.Fault{Lie: fault.NoChecksum}},
		fault.Rule{Op: fault.CompleteUpload, Fault: fault.Fault{Lie: fault.NoChecksum}},
	)},
	{name: noChecksumAnywhere, size: large, rules: always(fault.Rule{Fault: fault.Fault{Lie: fault.NoChecksum}}),
		want: []outcome{finished, unproven}},
}
