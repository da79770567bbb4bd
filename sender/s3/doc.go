// Package s3 is the store for Amazon S3 and whatever speaks its dialect.
//
// Every request is built by hand: one signed request with a plain Content-Length and the checksum in a header,
// never a trailer and never aws-chunked, which a good part of the compatible stores refuse. The AWS SDK is used
// only to find credentials, region and endpoint where everyone keeps them.
//
// The law of the package: every byte is sent with a checksum that the store compares, and nothing is called
// proven that was not. Which checksum is settled per endpoint, by its own answers:
//
//	CRC-64/NVME -> CRC32C -> Content-MD5
//
// [Store.Put], [Store.Begin] and [Store.SendPart] step down when the endpoint refuses the header or does not
// state the checksum in its answer; they then repeat the request at once with the next one, and keep the choice
// for the run once it has worked. An upload keeps the checksum that it was begun with. With an explicit
// [Options.Checksum] there is no stepping down: an endpoint that does not answer leaves receipts without a checksum.
//
// # What proves an object
//
// With a CRC, the store states that of the whole, and the receipt carries it. With MD5 a single Put is proven by
// its ETag, unless the object is encrypted with a key service's or the customer's key, which makes ETags opaque.
// An upload without a whole checksum is proven by what the store computed from its parts: the ETag that is the MD5
// of the parts' MD5s, or the composite CRC32C. As the store compared every part on receipt, the receipt then
// carries [sender.Completion.Whole] as its checksum; it is zero when nothing proved the object.
//
// # Payload signing
//
// Payloads are sent as UNSIGNED-PAYLOAD: the checksum header is signed and covers them. The first endpoint answer
// that insists on the SHA-256 of the payload switches to it for the run. All other bodies are signed with their
// SHA-256 always.
package s3
