// Package callback tells an application server that an object is stored, as OSS does for a client that asks for it,
// and brings back what the server says.
//
//	PutObject, CompleteMultipartUpload
//	  └ Parse: what the client asks for ─ refused before anything is stored
//	      └ the object is stored
//	          └ Caller.Call: POST to each URL in turn ─ the answer is the client's, a failure undoes nothing
//
// The configuration and its variables are base64 of JSON, in x-oss-callback and x-oss-callback-var. Unlike those of
// OSS the callbacks are not signed: only Alibaba Cloud has the key. Source of the protocol: the OSS API reference,
// "Callback", and its pages on status 203 and on the diagnostic codes 0007-….
package callback
