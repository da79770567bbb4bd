// Package sender is the contract between the pipeline and the stores, and the behaviour that all stores share.
//
// A [Store] turns one call into one request and says what came back: a receipt, or an [Error] whose [Kind] says
// whether to try again, to give up the row or to stop the run. A store never retries, waits, limits or logs.
// What all stores have in common is a decorator, and [Stack] is the one place that puts them on top of each other:
//
//	retry -> limit -> count -> verify -> store
//
// Retry waits for a store that is away, settles answers that were lost, and spends the retries of a request, or the
// [Budget] of its object. Limit keeps to the run's own limits and to what the store can take: where it wants less, all
// requests of the run queue up and pass at a pace that falls with what is turned away and climbs with what is served.
//
// The law of the package: a receipt with a checksum that contradicts ours never leaves it, and an answer that
// never came is settled by asking the store, not by guessing.
package sender
