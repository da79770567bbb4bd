package mutation

// The checksum that is recorded is that of the bytes that the store received, and of those that the row states.
var copies = []mutation{
	{
		rule:  "a file of one part is sent from a copy",
		file:  "pipeline/source.go",
		check: "return f.one() || wire == hasher.None",
		gone:  "return wire == hasher.None",
		guard: "TestWhatNobodyComparesIsCopied", in: "pipeline",
	},
	{
		rule:  "what no store compares is sent from a copy",
		file:  "pipeline/source.go",
		check: "return f.one() || wire == hasher.None",
		gone:  "return f.one()",
		guard: "TestWhatNobodyComparesIsCopied", in: "pipeline",
	},
	{
		rule:  "a copy is never the file itself",
		file:  "reader/read.go",
		check: "return s.chunk(ctx, off, n, Pread)",
		gone:  "return s.chunk(ctx, off, n, s.reader.mode)",
		guard: "TestCopyIsNeverTheFileItself", in: "reader",
	},
	{
		rule:  "hashing what has vanished is no crash",
		file:  "pipeline/steps.go",
		check: "err := reader.Guard(func() error {\n\t\tp.sums",
		gone:  "err := func(f func() error) error { return f() }(func() error {\n\t\tp.sums",
		guard: "TestHashingWhatHasVanishedFailsThePart", in: "pipeline",
	},
	{
		rule:  "a body that vanished is not sent again",
		file:  "sender/internal/wire/failure.go",
		check: "if vanished(err) || errors.Is(err, errHead) {",
		gone:  "if errors.Is(err, errHead) {",
		guard: "TestMappedBodyThatVanishesFailsItsRequest", in: "sender/internal/wire",
	},
	{
		rule:  "a memory fault means that the source changed",
		file:  "reader/guard.go",
		check: "if p := recover(); p != nil {\n\t\t\terr = faultOf(p)\n\t\t}",
		gone:  "",
		guard: "TestTruncatedWhileHeld", in: "reader",
	},
	{
		rule:  "a window on a file that was cut short is not used",
		file:  "reader/chunk.go",
		check: "if err == nil && now.Size < off+int64(len(window)) {",
		gone:  "if false && err == nil && now.Size < off+int64(len(window)) {",
		guard: "TestWindowOnATruncatedFile", in: "reader",
	},
	{
		rule:  "the size that a row states is its source's",
		file:  "pipeline/source.go",
		check: "row.Size >= 0 && row.Size != size",
		gone:  "false && f.row.Size != f.object.Size",
		guard: "TestOneBadRowStopsNoOther", in: "pipeline",
	},
	{
		rule:  "the checksum that a row states is its small source's",
		file:  "pipeline/steps.go",
		check: "p.err = compareStated(p.file, p.sums.Get(p.file.stated.Algorithm))",
		gone:  "",
		guard: "TestOneBadRowStopsNoOther", in: "pipeline",
	},
	{
		rule:  "the checksum that a row states is its large source's",
		file:  "pipeline/open.go",
		check: "return compareStated(f, d.Sums().Get(f.stated.Algorithm))",
		gone:  "return nil",
		guard: "TestOneBadRowStopsNoOther", in: "pipeline",
	},
	{
		rule:  "an echo of S3 of other bytes is found",
		file:  "sender/s3/store.go",
		check: "if !r.Checksum.IsZero() && r.Checksum != sent {",
		gone:  "if false {",
		guard: "TestEchoOfOtherBytesAccepted", in: "sender/s3",
	},
}
