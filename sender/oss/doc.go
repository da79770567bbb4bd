// Package oss is the store in Alibaba Cloud's Object Storage Service, spoken natively: over HTTP, without an SDK.
//
// One call is one request. What it is made of, in this order:
//
//	call        method, key, query, headers, body: what is asked
//	credentials asked of the provider, for each request anew
//	signer      V4, with the day's key kept; V1 on request
//	wire        sends it, and brings a bounded answer or the reason why there is none
//	failure     reads an answer that is not a success; classify.go says what its code means
//
// Its laws:
//
//   - A success is an answer that only OSS gives: with an ETag, or the XML root that belongs to the call. A page of a
//     middlebox is never taken for one, whatever its status.
//   - No secret occurs in an error. Nothing of an answer is repeated but the fields named in package sender's Error,
//     cut to a bound, and with our own secrets blotted out.
//   - The checksum of every part and of the whole is what OSS says it holds: CRC-64/ECMA, in x-oss-hash-crc64ecma.
//     Comparing it is the caller's work.
//
// # Where the facts are from
//
// Alibaba's reference of OSS: https://www.alibabacloud.com/help/en/oss/developer-reference/ (signatures, object and
// multipart operations, limits), its list of error codes, and the source of alibabacloud-oss-go-sdk-v2.
package oss
