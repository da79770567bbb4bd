// Package rehearsal makes requests and answers go wrong on purpose: it is what the faults of package fault are done
// with. It knows HTTP and TCP, and nothing of what the requests ask for.
//
// A connection is reset with a TCP reset, not with an orderly end: who waits on the other side gets an error at once.
// For that it is taken over from the HTTP server, which HTTP/2 does not allow; there, what would be a reset aborts
// the stream.
//
//	conn.go                      pause, stall, reset
//	body.go                      a request's body is cut, or a bit of it changes
//	lost.go cut.go trickle.go    writers through which an answer is swallowed, cut, slowed down
//	header.go lie.go words.go    writers that change what an answer says
package rehearsal
