// Package dialect is what the dialects of OSS and S3 do alike with buckets, objects and uploads: which object a
// request is for, whether its conditions hold, what of it is copied or deleted, which page of a listing is next.
//
// A dialect embeds [Common], gives it its [Traits], and has to itself what it alone says: which operations there
// are, their headers and XML, and what each refusal is called.
//
//	traits.go    what tells the dialects apart here      refusals.go  what an error comes to in each
//	common.go    from the request to its operation       params.go    what a query says
//	content.go   what comes in, and how it is held to what is said of it
//	buckets.go   account.go    list.go
//	object.go    get.go        copy.go       delete.go   tagging.go   acl.go
//	uploads.go
package dialect
