package mutation

// mutations are the checks, by the promise they keep.
var mutations = []mutation{
	{
		rule: "a part counts only if journal and store agree on its size",
		file: "pipeline/claim.go", check: "k.Size != s.Size || ", gone: "",
		guard: "TestPartIsClaimedOnlyIfJournalAndStoreAgree", in: "pipeline",
	},
}
