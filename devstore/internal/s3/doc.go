// Package s3 speaks the dialect of Amazon S3: the operations, headers, XML and error codes of its API for objects,
// with the additional checksums, in the forms that the official clients read. What OSS does alike is in package
// dialect, as the methods of Dialect that begin with a capital.
//
//	routes.go    which request is which operation: the table of contents
//	service.go   buckets.go    list.go
//	put.go       get.go        copy.go       delete.go    acl.go
//	create.go    parts.go      complete.go   uploads.go
//	content.go   meta.go       what comes in, and what goes along with it
//	checksums.go what a request says of its content, and how it is held to it
//	dialect.go   what is peculiar to every request        errors.go    what each refusal is called
package s3
