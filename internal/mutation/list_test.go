package mutation

import "slices"

// mutations are the checks, by the promise they keep.
var mutations = slices.Concat(resume, proof, copies, sources, doubts, conditions, answers, records, deaths, locks, times, tries, words)
