// Package fault says which requests to a devstore go wrong, and how, so that a client can be rehearsed against what
// a store does on a bad day: resets, stalls, storms of 503, answers that are lost, lie, or never were the store's.
//
// A [Script] is a list of rules. Every request that arrives is shown to each of them, in their order:
//
//	request ─> Op, whole key, part ─> rule 1 ─ rule 2 ─ … ─> the Fault of the first whose turn it is, or none
//
// A [Rule] counts the requests that it matches, whether or not an earlier rule strikes them; so what it does does
// not change when another rule is put before it, but for the requests which that one takes. A rule whose [Fault]
// cannot happen to an operation, such as a lie about parts to a PutObject, does not match it. A rule without a fault
// shields what it strikes from the rules behind it.
//
//	503 to every tenth request, for five minutes:
//	    {"every": 10, "for": "5m", "answer": {"status": 503, "code": "SlowDown"}}
//	The answer to the first completion of each run is lost:
//	    {"op": "complete-upload", "times": 1, "lose": true}
//	One part in a thousand is stored damaged, and nobody says so:
//	    {"op": "send-part", "chance": 0.001, "hide": true}
//
// A devstore takes a script in its options, and lets it be replaced at /-/faults if its options say so.
//
// A script is as random as its seed: the same requests in the same order are struck by the same faults. Requests
// that arrive together have no order; then it is the number of faults that is the same, for rules that count.
package fault
