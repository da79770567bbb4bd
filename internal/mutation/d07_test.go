package mutation

// After a write or a sync that failed the journal is dead, and the run ends; what is vouched for is durable.
var deaths = []mutation{
	{
		rule:  "a journal whose sync failed is dead",
		file:  "journal/commit.go",
		check: "if err := j.sync(p); err != nil {\n\t\t\tj.die(err)\n\t\t\treturn\n\t\t}",
		gone:  "if err := j.sync(p); err != nil {\n\t\t\tcontinue\n\t\t}",
		guard: "TestDeadAfterAFailedSyncWhateverTheNextOneSays", in: "journal",
	},
	{
		rule:  "a journal whose write failed is dead",
		file:  "journal/commit.go",
		check: "if err := writeAll(j.storage.file, b.frames); err != nil {\n\t\t\t\tj.die(err)\n\t\t\t\treturn\n\t\t\t}",
		gone:  "_ = writeAll(j.storage.file, b.frames)",
		guard: "TestShortWriteIsAFailedWrite", in: "journal",
	},
	{
		rule:  "a short write is a failed one",
		file:  "journal/compact.go",
		check: "if err == nil && n < len(b) {",
		gone:  "if false && n < len(b) {",
		guard: "TestShortWriteIsAFailedWrite", in: "journal",
	},
	{
		rule:  "a dead journal takes no record",
		file:  "journal/journal.go",
		check: "if j.err != nil {\n\t\treturn j.err\n\t}\n\tif j.closing",
		gone:  "if j.closing",
		guard: "TestDeadJournalTakesARecord", in: "journal",
	},
	{
		rule:  "a dead journal is not written to",
		file:  "journal/commit.go",
		check: "if j.err != nil {\n\t\treturn batch{upto: j.inFile, final: true}\n\t}",
		gone:  "",
		guard: "TestDeadJournalIsWrittenTo", in: "journal",
	},
	{
		rule:  "a sync vouches for the file of that name alone",
		file:  "journal/commit.go",
		check: "if err := j.storage.named(); err != nil {\n\t\treturn err\n\t}\n",
		gone:  "",
		guard: "TestMeddledJournalIsVouchedFor", in: "journal",
	},
	{
		rule:  "a sync vouches for what is in the file alone",
		file:  "journal/commit.go",
		check: "proven, err := j.storage.prove(j.proven, upto)",
		gone:  "proven, err := j.proven, error(nil)\n\tif upto.offset < 0 {\n\t\tproven, err = j.storage.prove(j.proven, upto)\n\t}",
		guard: "TestMeddledJournalIsVouchedFor", in: "journal",
	},
	{
		rule:  "what a run goes on from is durable",
		file:  "journal/storage.go",
		check: "if err := s.anchor(); err != nil {",
		gone:  "if err := error(nil); err != nil {",
		guard: "TestTornEndDoesNotComeBackAfterTheNextPowerCut", in: "journal",
	},
	{
		rule:  "the name of a new journal is durable",
		file:  "journal/storage.go",
		check: "return s.files.SyncDir(filepath.Dir(s.path))",
		gone:  "_ = filepath.Dir\n\treturn nil",
		guard: "TestNewJournalOutlivesAPowerCut", in: "journal",
	},
	{
		rule:  "a run ends when the journal takes no record",
		file:  "pipeline/ledger.go",
		check: "if err := l.job.Journal.Append(rec); err != nil {\n\t\tl.halt.stop(err)\n\t}",
		gone:  "_ = l.job.Journal.Append(rec)",
		guard: "TestDeadJournalStopsTheRun", in: "pipeline",
	},
	{
		rule:  "a run whose end is not durable has not ended well",
		file:  "pipeline/run.go",
		check: "if err := r.job.Journal.Sync(context.WithoutCancel(ctx)); err != nil {\n\t\tr.halt.stop(err)\n\t}",
		gone:  "",
		guard: "TestRunWhoseEndIsNotDurableHasNotEndedWell", in: "pipeline",
	},
	{
		rule:  "a dead record of parts in a directory stays dead",
		file:  "sender/dir/partlog.go",
		check: "if l.dead != nil || len(records) == 0 {\n\t\treturn l.dead\n\t}",
		gone:  "if len(records) == 0 {\n\t\treturn nil\n\t}",
		guard: "TestLogThatFailedOnceIsWrittenToAgain", in: "sender/dir",
	},
}
