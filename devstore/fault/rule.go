package fault

import "time"

// Rule says which requests something goes wrong with, and what. Of several rules the first that strikes decides.
//
// A request matches if it is an Op on a Key, and the Fault can happen to it. Of those that match, Skip are let
// through, then Times are struck, or one in Every of them, or each with a Chance. What is set of these holds
// together: {Every: 2, Times: 3} strikes the second, the fourth and the sixth.
//
// In JSON a duration is a text such as "1m30s", or a number of nanoseconds, and unknown fields are refused.
type Rule struct {
	Op   Op     `json:"op,omitzero"`   // empty: any
	Key  string `json:"key,omitzero"`  // pattern of path.Match over the whole key, in which * stops at a slash; empty: any
	Part int    `json:"part,omitzero"` // number of the part; 0: any

	Skip   int           `json:"skip,omitzero"`
	Times  int           `json:"times,omitzero"`  // 0: without end
	Every  int           `json:"every,omitzero"`  // strike the n-th, 2n-th, ... after Skip; 0: each
	Chance float64       `json:"chance,omitzero"` // 0 to 1, drawn from the script's seed; 0: always
	For    time.Duration `json:"for,omitzero"`    // the rule ends so long after it was set; 0: never

	Fault
}

// Op is what a request asks for, whatever the dialect.
type Op string

// The operations. Other is all the rest, and what nobody understands; copies are among it.
const (
	PutObject      Op = "put-object"
	BeginUpload    Op = "begin-upload"
	SendPart       Op = "send-part"
	ListParts      Op = "list-parts"
	CompleteUpload Op = "complete-upload"
	AbortUpload    Op = "abort-upload"
	ListUploads    Op = "list-uploads"
	HeadObject     Op = "head-object"
	GetObject      Op = "get-object"
	Other          Op = "other"
)

// Fault is what goes wrong with one request. What is set happens in the order of the fields; the zero Fault is none.
// Of CutBody and CutAnswer, -1 is before the first byte, since 0 is not at all.
//
// Up to Skew the request is not looked at: even one with a wrong signature is struck. From Flip on it must have been
// let in; what the store refuses by itself, it refuses as it would without the fault, and Lie leaves that alone.
type Fault struct {
	Delay   time.Duration `json:"delay,omitzero"`   // before anything else; a client that does not wait may have its request carried out all the same
	Stall   bool          `json:"stall,omitzero"`   // nothing is read, but for what the network takes by itself, or answered until the client goes away or the server closes
	CutBody int64         `json:"cutBody,omitzero"` // reset the connection after so many bytes of the request's body, or at the end of a shorter one; the request is not carried out
	Answer  *Answer       `json:"answer,omitzero"`  // answer this, once the body is read; the request is not carried out
	Expire  bool          `json:"expire,omitzero"`  // answer that the security token has expired, in the dialect's words; the request is not carried out
	Skew    time.Duration `json:"skew,omitzero"`    // the store's clock is so much ahead for this request: it judges the signature by it, and shows it

	Flip      bool  `json:"flip,omitzero"`      // one bit of the body changes on the way in; the answer tells the truth about what was stored, and a checksum of the request is found wrong
	Hide      bool  `json:"hide,omitzero"`      // one bit of the body changes after its checksums were taken: the answer, ListParts and the parts of a completion know the ETag and the checksum of what was sent; the object's own are those of what is stored
	Lie       Lie   `json:"lie,omitzero"`       // the request is carried out; its answer is wrong
	Lose      bool  `json:"lose,omitzero"`      // the request is carried out; the connection is reset before the first byte of the answer
	CutAnswer int64 `json:"cutAnswer,omitzero"` // the request is carried out; the connection is reset after so many bytes of the answer's body, if it has more
	Trickle   int   `json:"trickle,omitzero"`   // bytes a second of the answer, from its status line on
}

// Answer is an answer that the store never gave by itself.
type Answer struct {
	Status  int               `json:"status"`           // 200 to 599
	Code    string            `json:"code,omitzero"`    // of an error in the dialect's XML; empty: Body as it is, and none of the store's headers
	Message string            `json:"message,omitzero"` // of that error
	Header  map[string]string `json:"header,omitempty"` // besides those of the store, or instead of them; an empty value removes one
	Body    string            `json:"body,omitzero"`
}

// Lie is a way in which an answer is wrong.
type Lie string

// The lies. Each is told of requests whose answer has what it is about.
const (
	WrongETag     Lie = "wrong-etag"     // another ETag than the one that is stored
	NoETag        Lie = "no-etag"        //
	WrongChecksum Lie = "wrong-checksum" // x-oss-hash-crc64ecma, x-amz-checksum-*, and their elements in XML
	NoChecksum    Lie = "no-checksum"    //
	ErrorIn200    Lie = "error-in-200"   // Complete: status 200 with an <Error>; the upload stays
	EmptyAnswer   Lie = "empty-answer"   // status 200, no body, none of the store's headers; the request is carried out
	Garbled       Lie = "garbled"        // status 200, the XML is cut in half
	LostPart      Lie = "lost-part"      // ListParts leaves out its last part
	ForeignPart   Lie = "foreign-part"   // ListParts states another ETag and checksum for its first part
	WrongSize     Lie = "wrong-size"     // ListParts, HeadObject: one byte too many
)
