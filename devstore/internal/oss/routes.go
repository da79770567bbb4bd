package oss

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
	callbackParams := []string{"callback", "callback-var"}
	return []wire.Route{
		{Method: get, Level: wire.Service, Params: []string{"prefix", "marker", "max-keys", "tag-key", "tag-value"}, Handle: d.listBuckets},

		{Method: put, Level: wire.Bucket, Name: "acl", Handle: d.putBucketACL},
		{Method: put, Level: wire.Bucket, Name: "versioning", Handle: d.PutBucketVersioning},
		{Method: get, Level: wire.Bucket, Name: "versioning", Handle: d.GetBucketVersioning},
		{Method: put, Level: wire.Bucket, Handle: d.putBucket},
		{Method: head, Level: wire.Bucket, Handle: d.HeadBucket},
		{Method: del, Level: wire.Bucket, Handle: d.deleteBucket},
		{Method: get, Level: wire.Bucket, Name: "location", Handle: d.GetBucketLocation},
		{Method: get, Level: wire.Bucket, Name: "bucketInfo", Handle: d.getBucketInfo},
		{Method: get, Level: wire.Bucket, Name: "stat", Handle: d.getBucketStat},
		{Method: get, Level: wire.Bucket, Name: "acl", Handle: d.getBucketACL},
		{Method: get, Level: wire.Bucket, Name: "uploads", Params: []string{"prefix", "delimiter", "max-uploads", "encoding-type", "key-marker", "upload-id-marker"}, Op: fault.ListUploads, Handle: d.listUploads},
		{Method: get, Level: wire.Bucket, Name: "list-type", Params: append([]string{"start-after", "continuation-token", "fetch-owner"}, page...), Handle: d.listObjectsV2},
		{Method: get, Level: wire.Bucket, Params: append([]string{"marker"}, page...), Handle: d.listObjects},
		{Method: post, Level: wire.Bucket, Name: "delete", Params: []string{"encoding-type"}, Handle: d.deleteObjects},

		{Method: put, Level: wire.Object, Name: "uploadId", Params: []string{"partNumber"}, Does: sseHeaders, Op: fault.SendPart, Handle: d.uploadPart},
		{Method: put, Level: wire.Object, Name: "partNumber", Op: fault.SendPart, Handle: d.uploadPart},
		{Method: put, Level: wire.Object, Name: "uploadId", Params: []string{"partNumber"}, Copy: true, Handle: d.uploadPartCopy},
		{Method: put, Level: wire.Object, Name: "tagging", Handle: d.PutTagging},
		{Method: put, Level: wire.Object, Name: "acl", Handle: d.putObjectACL},
		{Method: put, Level: wire.Object, Copy: true, Does: sseHeaders, Handle: d.copyObject},
		{Method: put, Level: wire.Object, Params: callbackParams, Does: slices.Concat([]string{callbackHeader}, sseHeaders), Op: fault.PutObject, Handle: d.putObject},
		{Method: get, Level: wire.Object, Name: "uploadId", Params: []string{"max-parts", "part-number-marker", "encoding-type"}, Op: fault.ListParts, Handle: d.listParts},
		{Method: get, Level: wire.Object, Name: "tagging", Handle: d.GetTagging},
		{Method: get, Level: wire.Object, Name: "acl", Handle: d.getObjectACL},
		{Method: get, Level: wire.Object, Params: wire.ResponseParams(), Op: fault.GetObject, Handle: d.getObject},
		{Method: head, Level: wire.Object, Name: "objectMeta", Op: fault.HeadObject, Handle: d.getObjectMeta},
		{Method: head, Level: wire.Object, Op: fault.HeadObject, Handle: d.headObject},
		{Method: post, Level: wire.Object, Name: "uploads", Params: []string{"encoding-type", "sequential"}, Does: sseHeaders, Op: fault.BeginUpload, Handle: d.initiateUpload},
		{Method: post, Level: wire.Object, Name: "uploadId", Params: append([]string{"encoding-type"}, callbackParams...), Does: []string{callbackHeader}, Op: fault.CompleteUpload, Handle: d.completeUpload},
		{Method: del, Level: wire.Object, Name: "uploadId", Op: fault.AbortUpload, Handle: d.abortUpload},
		{Method: del, Level: wire.Object, Name: "tagging", Handle: d.DeleteTagging},
		{Method: del, Level: wire.Object, Handle: d.DeleteObject},
	}
}
