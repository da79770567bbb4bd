package s3

import (
	"net/http"
	"slices"

	"github.com/ingest-dev/ingest/devstore/fault"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// operations are those of the API that are done. What is not in the table is answered with 501.
func (d *Dialect) operations() []wire.Route {
	const get, head, put, post, del = http.MethodGet, http.MethodHead, http.MethodPut, http.MethodPost, http.MethodDelete
	page := []string{"prefix", "delimiter", "max-keys", "encoding-type"}
	read := append([]string{"partNumber"}, wire.ResponseParams()...)
	kept := slices.Concat(sseHeaders, ssecHeaders, lockHeaders)
	return []wire.Route{
		{Method: get, Level: wire.Service, Params: []string{"prefix", "max-buckets", "continuation-token", "bucket-region"}, Handle: d.listBuckets},

		{Method: put, Level: wire.Bucket, Name: "acl", Handle: d.putBucketACL},
		{Method: put, Level: wire.Bucket, Name: "versioning", Handle: d.PutBucketVersioning},
		{Method: get, Level: wire.Bucket, Name: "versioning", Handle: d.GetBucketVersioning},
		{Method: put, Level: wire.Bucket, Handle: d.createBucket},
		{Method: head, Level: wire.Bucket, Handle: d.HeadBucket},
		{Method: del, Level: wire.Bucket, Handle: d.deleteBucket},
		{Method: get, Level: wire.Bucket, Name: "location", Handle: d.GetBucketLocation},
		{Method: get, Level: wire.Bucket, Name: "acl", Handle: d.getBucketACL},
		{Method: get, Level: wire.Bucket, Name: "uploads", Params: []string{"prefix", "delimiter", "max-uploads", "encoding-type", "key-marker", "upload-id-marker"}, Op: fault.ListUploads, Handle: d.listUploads},
		{Method: get, Level: wire.Bucket, Name: "list-type", Params: append([]string{"start-after", "continuation-token", "fetch-owner", "metadata"}, page...), Handle: d.listObjectsV2},
		{Method: get, Level: wire.Bucket, Params: append([]string{"marker"}, page...), Handle: d.listObjects},
		{Method: post, Level: wire.Bucket, Name: "delete", Handle: d.deleteObjects},

		{Method: put, Level: wire.Object, Name: "uploadId", Params: []string{"partNumber"}, Does: ssecHeaders, Op: fault.SendPart, Handle: d.uploadPart},
		{Method: put, Level: wire.Object, Name: "partNumber", Op: fault.SendPart, Handle: d.uploadPart},
		{Method: put, Level: wire.Object, Name: "uploadId", Params: []string{"partNumber"}, Copy: true, Does: slices.Concat(ssecSource, ssecHeaders), Handle: d.uploadPartCopy},
		{Method: put, Level: wire.Object, Name: "tagging", Handle: d.PutTagging},
		{Method: put, Level: wire.Object, Name: "acl", Handle: d.putObjectACL},
		{Method: put, Level: wire.Object, Copy: true, Does: slices.Concat(ssecSource, kept), Handle: d.copyObject},
		{Method: put, Level: wire.Object, Does: kept, Op: fault.PutObject, Handle: d.putObject},
		{Method: get, Level: wire.Object, Name: "uploadId", Params: []string{"max-parts", "part-number-marker", "encoding-type"}, Op: fault.ListParts, Handle: d.listParts},
		{Method: get, Level: wire.Object, Name: "tagging", Handle: d.GetTagging},
		{Method: get, Level: wire.Object, Name: "acl", Handle: d.getObjectACL},
		{Method: get, Level: wire.Object, Params: read, Does: ssecHeaders, Op: fault.GetObject, Handle: d.getObject},
		{Method: head, Level: wire.Object, Params: read, Does: ssecHeaders, Op: fault.HeadObject, Handle: d.headObject},
		{Method: post, Level: wire.Object, Name: "uploads", Does: kept, Op: fault.BeginUpload, Handle: d.createUpload},
		{Method: post, Level: wire.Object, Name: "uploadId", Does: ssecHeaders, Op: fault.CompleteUpload, Handle: d.completeUpload},
		{Method: del, Level: wire.Object, Name: "uploadId", Op: fault.AbortUpload, Handle: d.abortUpload},
		{Method: del, Level: wire.Object, Name: "tagging", Handle: d.DeleteTagging},
		{Method: del, Level: wire.Object, Handle: d.deleteObject},
	}
}
