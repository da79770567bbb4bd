package mutation

// An answer that is not plain, of whose end there may be two opinions, is left to the standard library.
var answers = []mutation{
	{
		rule:  "an answer of chunks is left to the standard library",
		file:  "sender/internal/wire/plain.go",
		check: "return !equalFold(f.Name, \"Transfer-Encoding\")",
		gone:  "return true",
		guard: "TestAnswersThatAreNotPlainAreLeftToNetHTTP", in: "sender/internal/wire",
	},
	{
		rule:  "an answer of two lengths is left to the standard library",
		file:  "sender/internal/wire/plain.go",
		check: "return *length < 0 && plainLength",
		gone:  "return plainLength",
		guard: "TestAnswersThatAreNotPlainAreLeftToNetHTTP", in: "sender/internal/wire",
	},
	{
		rule:  "an interim answer is left to the standard library",
		file:  "sender/internal/wire/plain.go",
		check: "return status, status >= 200 && ",
		gone:  "return status, ",
		guard: "TestAnswersThatAreNotPlainAreLeftToNetHTTP", in: "sender/internal/wire",
	},
	{
		rule:  "the last answer of a connection is left to the standard library",
		file:  "sender/internal/wire/plain.go",
		check: "return !equalFold(f.Name, \"Connection\") || equalFold(f.Value, \"keep-alive\")",
		gone:  "return true",
		guard: "TestAnswersThatAreNotPlainAreLeftToNetHTTP", in: "sender/internal/wire",
	},
	{
		rule:  "an answer with a value of two lines is left to the standard library",
		file:  "sender/internal/wire/plain.go",
		check: "return f, oneLine(f.Value)",
		gone:  "return f, true",
		guard: "TestAnswersThatAreNotPlainAreLeftToNetHTTP", in: "sender/internal/wire",
	},
	{
		rule:  "a plain body that is cut is no answer",
		file:  "sender/internal/wire/plain.go",
		check: "if errors.Is(err, io.EOF) {\n\t\terr = io.ErrUnexpectedEOF\n\t}\n\treturn err",
		gone:  "if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {\n\t\terr = nil\n\t}\n\treturn err",
		guard: "TestBodyThatIsCutIsNoAnswer", in: "sender/internal/wire",
	},
	{
		rule:  "a connection with bytes behind a plain answer is not used again",
		file:  "sender/internal/wire/plain.go",
		check: "return answer, l.in.Buffered() == 0, true, err",
		gone:  "return answer, true, true, err",
		guard: "TestAnswerToNobodyIsNobodysAnswer", in: "sender/internal/wire",
	},
}
