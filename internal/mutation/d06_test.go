package mutation

// Each record proves itself; damage is found, told, and never read as work that was done.
var records = []mutation{
	{
		rule:  "a damaged record is not believed",
		file:  "journal/reader.go",
		check: "sealed(b, r.seed) {",
		gone:  "(sealed(b, r.seed) || true) {",
		guard: "TestEveryByteFlippedNeverLies", in: "journal",
	},
	{
		rule:  "a record of another journal is not believed",
		file:  "journal/frame.go",
		check: "return xxh3.HashSeed(body, seed) ==",
		gone:  "return xxh3.HashSeed(body, 0*seed) ==",
		guard: "TestFramesOfAnotherJournalDoNotPass", in: "journal",
	},
	{
		rule:  "a record within a record is not written",
		file:  "journal/journal.go",
		check: "if bears(j.buf[start:], j.frames.seed) {",
		gone:  "if false {",
		guard: "TestRecordWithinARecordIsWritten", in: "journal",
	},
	{
		rule:  "a damaged header is not believed",
		file:  "journal/header.go",
		check: "if xxh3.Hash(body) != binary.LittleEndian.Uint64(b[len(body):]) {",
		gone:  "if false {",
		guard: "TestEveryHeaderByteFlippedIsRefused", in: "journal",
	},
	{
		rule:  "a newer format is refused",
		file:  "journal/header.go",
		check: " || h.Version > Version {",
		gone:  " {",
		guard: "TestNewerVersionIsRefusedAndNamed", in: "journal",
	},
	{
		rule:  "a header takes no more memory than any has",
		file:  "journal/header.go",
		check: " || size > maxHeader",
		gone:  "",
		guard: "TestHeaderTakesAllTheMemoryItStates", in: "journal",
	},
	{
		rule:  "what does not begin as a journal is none",
		file:  "journal/header.go",
		check: "if string(b[:len(magic)]) != magic {",
		gone:  "if false {",
		guard: "TestWhatIsNoJournalIsRefused", in: "journal",
	},
	{
		rule:  "a journal of another job is refused",
		file:  "journal/storage.go",
		check: "if s.header.Job != job {",
		gone:  "if false {",
		guard: "TestOtherJobIsRefusedAndSaysWhatDiffers", in: "journal",
	},
	{
		rule:  "a torn end is cut",
		file:  "journal/storage.go",
		check: "if err := s.file.Truncate(p.end); err != nil {\n\t\treturn err\n\t}\n",
		gone:  "",
		guard: "TestTornEndDoesNotComeBackAfterTheNextPowerCut", in: "journal",
	},
	{
		rule:  "a damaged journal is kept as a copy",
		file:  "journal/storage.go",
		check: "if err := s.saveAs(d.Copy); err != nil {",
		gone:  "if err := error(nil); err != nil {",
		guard: "TestEveryByteFlippedNeverLies", in: "journal",
	},
	{
		rule:  "an outcome that nobody writes is not believed",
		file:  "journal/payload.go",
		check: "r.Row > 0 && r.check() == nil",
		gone:  "r.Row > 0",
		guard: "TestOutcomeThatNobodyWritesIsBelieved", in: "journal",
	},
}
