// Package oss speaks the dialect of Alibaba Cloud OSS: the operations, headers, XML and error codes of its API for
// objects, in the forms that the official clients read.
//
//	routes.go    which request is which operation: the table of contents
//	service.go   buckets.go    list.go
//	put.go       get.go        copy.go       delete.go    tagging.go    acl.go
//	initiate.go  parts.go      complete.go   uploads.go
//	errors.go    what each refusal is called
package oss
