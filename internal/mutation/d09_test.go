package mutation

// Nothing waits for ever, and nothing that a stranger says takes memory without a bound.
var times = []mutation{
	{
		rule:  "a silent connection is ended",
		file:  "sender/internal/wire/watch.go",
		check: "if now.Sub(w.since) >= w.silence {",
		gone:  "if false {",
		guard: "TestServerThatReadsNothingIsAStall", in: "sender/internal/wire",
	},
	{
		rule:  "a request that moves ends in its time",
		file:  "sender/internal/wire/watch.go",
		check: "if now.After(w.end) {",
		gone:  "if false {",
		guard: "TestExchangeEndsInItsTimeThoughItMoves", in: "sender/internal/wire",
	},
	{
		rule:  "what is not acknowledged has not moved",
		file:  "sender/internal/wire/counter.go",
		check: "c.moved.Load() - unacknowledged(c.Conn)",
		gone:  "c.moved.Load()",
		guard: "TestOnlyWhatIsAcknowledgedHasMoved", in: "sender/internal/wire",
	},
	{
		rule:  "a handshake ends in time",
		file:  "sender/internal/wire/dial.go",
		check: "ctx, cancel := context.WithTimeout(ctx, d.timeouts.TLS)\n\tdefer cancel()\n\tconfig",
		gone:  "config",
		guard: "TestEveryStepToAConnectionEndsInTime", in: "sender/internal/wire",
	},
	{
		rule:  "a SOCKS proxy connects in time",
		file:  "sender/internal/wire/dial.go",
		check: "ctx, cancel := context.WithTimeout(ctx, d.timeouts.Dial+d.timeouts.TLS)\n\tdefer cancel()\n\tc, err := s",
		gone:  "c, err := s",
		guard: "TestEveryStepToAConnectionEndsInTime", in: "sender/internal/wire",
	},
	{
		rule:  "the header of an answer has a bound",
		file:  "sender/internal/wire/read.go",
		check: "if r.allow <= 0 {\n\t\treturn 0, errLongHeader\n\t}\n\tn, err := r.Conn.Read(b[:min(int64(len(b)), r.allow)])",
		gone:  "n, err := r.Conn.Read(b)",
		guard: "TestHeaderOfAnAnswerHasABound", in: "sender/internal/wire",
	},
	{
		rule:  "the body of an answer has a bound",
		file:  "sender/internal/wire/read.go",
		check: "if err == nil && b.Len() > MaxBody {",
		gone:  "if false {",
		guard: "TestHostileAnswersEndAndStaySmall", in: "sender/internal/wire",
	},
	{
		rule:  "the depth of an answer has a bound",
		file:  "sender/internal/wire/xml.go",
		check: "if s.depth > maxDepth {",
		gone:  "if false {",
		guard: "TestHostileXMLIsRefused", in: "sender/internal/wire",
	},
	{
		rule:  "a document with a type is refused",
		file:  "sender/internal/wire/xml.go",
		check: "return errors.New(\"it has a document type\")",
		gone:  "return nil",
		guard: "TestDocumentWithATypeIsRefused", in: "sender/internal/wire",
	},
}
