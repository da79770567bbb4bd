// Package wire carries requests to a store over HTTP/1.1, and brings bounded answers back. It is what the stores
// that speak HTTP share: the connections, the body that comes from memory, the watch over what does not move, and
// what a failure of the network means.
//
// Its laws:
//
//   - When [Client.Do] returns, nobody reads the request's body any more, whatever it returns.
//   - Every final HTTP status is an answer. An error means that there is no answer, and says whether the store may
//     have received the request.
//   - A success is an answer only to a request that was written whole: it proves nothing about bytes that the store
//     has not read. A refusal may come earlier. What a connection carried before its request is no answer to it.
//   - Nothing that a store sends is believed to be small, finite or well-formed.
//   - Nothing is sent anywhere but where the caller said: redirects come back as answers.
//
// # How a request travels
//
// The client speaks HTTP/1.1 itself; answers that are not of the plainest form are parsed by net/http. A request is written by the goroutine that
// asks, on a connection that nobody else has, and the answer is read by it too: no hand-over, no copy of the body. A
// body that sockets might not take at once is written beside, so that an answer that comes early is heard.
//
//	Do -> router.to -> pool.get, or dialer.link -> link.exchange -> pool.put
//	                                                 writev(head, body)            plain
//	                                                 head and body in one record   TLS, short
//
// What ends an exchange early (ctx, the watchdog) sets the connection's deadline into the past, and the connection
// is not used again.
//
// # How long things take
//
// One rule covers a stall in any phase: in every [Timeouts.Stall] at least [Timeouts.StallBytes] must move, in
// either direction. On Linux "move" means acknowledged by the other side, so that a slow link with large socket
// buffers is not taken for a dead one. On top of it, the whole request is bounded by a function of its size.
package wire
