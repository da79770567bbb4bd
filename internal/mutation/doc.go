// Package mutation holds the tests to account: it takes out, one at a time, each check that stands for a promise, and
// runs the test that is said to guard it. A test that still passes guards nothing.
//
// The sources are not touched: the changed file reaches the compiler as an overlay. `make mutate` runs all of them;
// the ordinary tests only look whether each check and each guard is still where the list says. Who rewrites a check
// rewrites its entry, and sees the guard fail once: INGEST_MUTATE="some words of the promise" go test -v ./internal/mutation
package mutation
