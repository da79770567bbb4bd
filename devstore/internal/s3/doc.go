// Package s3 speaks the dialect of Amazon S3: the operations, headers, XML and error codes of its API for objects,
// with the additional checksums, in the forms that the official clients read.
//
//	routes.go    which request is which operation: the table of contents
//	service.go   buckets.go    list.go
//	put.go       get.go        copy.go       delete.go    tagging.go    acl.go
//	create.go    parts.go      complete.go   uploads.go
//	checksums.go what a request says of its content, and how it is held to it
//	errors.go    what each refusal is called
package s3
