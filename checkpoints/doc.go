// Package checkpoints reads what the official OSS clients leave behind when they are interrupted in the middle of a
// multipart upload, so that the upload can be carried on by somebody else.
//
//	aliyun-oss-go-sdk (v1), ossutil 1    .cp     JSON, base64 MD5 of itself
//	alibabacloud-oss-go-sdk-v2           .ucp    JSON, hex MD5 of its data
//	aliyun-oss-java-sdk                  .ucp    a Java object stream, with the object's hash code
//	aliyun-oss-cpp-sdk                   none    JSON as jsoncpp writes it, hex MD5 of itself
//	aliyun-oss-csharp-sdk                none    text; it proves nothing of itself
//	ali-oss                              none    the JSON of the checkpoint that it hands out; nor does this
//
// A checkpoint is known by its content, and its own proof is checked as its client checks it.
//
// The law of the package: what a checkpoint says is a claim. It was written by another program about a file and a
// store as they were then, into a place where others may write too. It says which upload to look for, of which file,
// in parts of which size. Whether the store has a part, and whether the file still has its bytes, is for the store and
// the file to say. So the checksums that some clients note of a part are not read.
//
// Reading takes memory in proportion to the file, of which more than [MaxSize] bytes are refused.
package checkpoints
