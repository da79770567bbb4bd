package mutation

// One run at a time has a journal: the lock is of a file that is never renamed, and is taken before anything is read.
var locks = []mutation{
	{
		rule:  "a lock is of the file that has the name",
		file:  "journal/lock.go",
		check: "if named {\n\t\t\tl.sign()",
		gone:  "if true || named {\n\t\t\tl.sign()",
		guard: "TestRemovedLockIsNeverHeldTwice", in: "journal",
	},
	{
		rule:  "a lock that is a link is not followed",
		file:  "journal/lock.go",
		check: "if err := checkLock(path); err != nil {\n\t\t\treturn nil, err\n\t\t}",
		gone:  "",
		guard: "TestLockOfSomebodyElseIsWrittenOrRemoved", in: "journal",
	},
	{
		rule:  "a file of somebody else is not taken for a lock",
		file:  "journal/lock.go",
		check: "if err != nil || isLock(b) {",
		gone:  "if err != nil || len(b) >= 0 {",
		guard: "TestLockOfSomebodyElseIsWrittenOrRemoved", in: "journal",
	},
	{
		rule:  "what is not the lock is not removed with it",
		file:  "journal/lock.go",
		check: "if named, _ := l.named(); named {",
		gone:  "if named, _ := l.named(); true || named {",
		guard: "TestReleaseRemovesWhatIsNotTheLock", in: "journal",
	},
	{
		rule:  "an open that failed gives the lock back",
		file:  "journal/open.go",
		check: "errors.Join(fmt.Errorf(\"open journal %s: %w\", path, err), l.release())",
		gone:  "fmt.Errorf(\"open journal %s: %w\", path, err)",
		guard: "TestRefusedOpenGivesTheLockBack", in: "journal",
	},
	{
		rule:  "what is not the journal is not removed with it",
		file:  "journal/journal.go",
		check: "if ours != nil {\n\t\treturn fmt",
		gone:  "if false {\n\t\treturn fmt",
		guard: "TestRemovalTakesWhatIsNotTheJournal", in: "journal",
	},
	{
		rule:  "a journal that a run is using is not thrown away",
		file:  "journal/discard.go",
		check: "if err := errors.Join(s.reopen(), s.close()); errors.Is(err, ErrLocked) {",
		gone:  "if err := errors.Join(s.reopen(), s.close()); false && errors.Is(err, ErrLocked) {",
		guard: "TestLockThatACleanerRemovedLetsASecondRunIn", in: "journal",
	},
	{
		rule:  "the journal itself is locked, whatever becomes of its lock",
		file:  "journal/storage.go",
		check: "if err == nil && !ok {",
		gone:  "if err == nil && !ok && false {",
		guard: "TestLockThatACleanerRemovedLetsASecondRunIn", in: "journal",
	},
	{
		rule:  "a journal has one run at a time",
		file:  "journal/lock.go",
		check: "if !ok {\n\t\t\treturn nil, fmt",
		gone:  "if false && !ok {\n\t\t\treturn nil, fmt",
		guard: "TestSecondOpenIsRefusedAndTheFirstUnharmed", in: "journal",
	},
	{
		rule:  "a close says that the journal is gone",
		file:  "journal/journal.go",
		check: "if err == nil {\n\t\t\terr = j.named()\n\t\t}",
		gone:  "",
		guard: "TestCloseOfAJournalThatIsGoneSaysNothing", in: "journal",
	},
}
