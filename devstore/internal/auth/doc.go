// Package auth decides whether a request to the embedded store was signed by someone who knows a secret.
//
// Two dialects are spoken, each in its own schemes; a file holds one of them:
//
//	OSS  ossv1.go   Authorization: OSS id:signature                     ?OSSAccessKeyId=…&Expires=…&Signature=…
//	     ossv4.go   Authorization: OSS4-HMAC-SHA256 Credential=…        ?x-oss-signature-version=OSS4-HMAC-SHA256&…
//	S3   sigv4.go   Authorization: AWS4-HMAC-SHA256 Credential=…        ?X-Amz-Algorithm=AWS4-HMAC-SHA256&…
//
// Every scheme does the same: it parses what the request claims, looks up the secret, checks the time, rebuilds the
// string that the client must have signed, and compares the signatures in constant time:
//
//	claim ─> secret ─> time ─> canonical request ─> string to sign ─> HMAC ─> equal?
//
// A SigV4 request may sign its body too, as a whole or chunk by chunk (payload.go, chunked.go, trailer.go). Bytes
// then pass on before they are proven: nothing of a body may be kept until Read has returned [io.EOF].
//
// The canonical forms follow what the official clients do where that differs from the documents: the oracles of
// the tests are the vendors' own signers.
package auth
