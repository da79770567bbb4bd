package ossv2

import (
	"net/http"
	"testing"
	"time"

	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss"
	"github.com/ingest-dev/ingest/test/internal/emulator"
	"github.com/ingest-dev/ingest/test/internal/moved"
)

// properties asks the client for all that goes with an object.
func (c *client) properties(t *testing.T, key string) moved.Properties {
	t.Helper()
	head, err := c.HeadObject(t.Context(), &oss.HeadObjectRequest{Bucket: c.bucket, Key: &key, RequestPayer: oss.Ptr("requester")})
	if err != nil {
		t.Fatal(err)
	}
	acl, err := c.GetObjectAcl(t.Context(), &oss.GetObjectAclRequest{Bucket: c.bucket, Key: &key})
	if err != nil {
		t.Fatal(err)
	}
	tags, err := c.GetObjectTagging(t.Context(), &oss.GetObjectTaggingRequest{Bucket: c.bucket, Key: &key})
	if err != nil {
		t.Fatal(err)
	}
	p := moved.Properties{
		"content_type": oss.ToString(head.ContentType), "cache_control": oss.ToString(head.CacheControl),
		"content_disposition": oss.ToString(head.ContentDisposition), "content_encoding": oss.ToString(head.ContentEncoding),
		"content_language": head.Headers.Get("Content-Language"), "storage_class": oss.ToString(head.StorageClass),
		"encryption": oss.ToString(head.ServerSideEncryption), "encryption_key": oss.ToString(head.ServerSideEncryptionKeyId),
		"acl": oss.ToString(acl.ACL),
	}
	if at, err := http.ParseTime(oss.ToString(head.Expires)); err == nil {
		p["expires"] = at.Format(time.RFC3339)
	}
	for name, value := range head.Metadata {
		p["metadata."+name] = value
	}
	for _, tag := range tags.Tags {
		p["tags."+oss.ToString(tag.Key)] = oss.ToString(tag.Value)
	}
	return p
}

// What a row states is what the official client says of its object, with both signatures.
func TestStatedPropertiesAreReadBack(t *testing.T) {
	for name, flags := range map[string][]string{
		"v1": {"--oss-signature", "v1"}, "v4": nil, "terms": {"--request-payer", "requester", "--traffic-limit", "100MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			readBack(t, moved.Headers+`,"storage_class":"IA","acl":"public-read"`, flags...)
		})
	}
}

func TestStatedEncryptionIsReadBack(t *testing.T) {
	for name, fields := range map[string]string{
		"AES256": `"encryption":"AES256"`, "SM4": `"encryption":"SM4"`, "KMS": `"encryption":"KMS"`,
		"KMS with a key": `"encryption":"KMS","encryption_key":"9468da86-3509-4f8d-a61e-6eab1eac0000"`,
	} {
		t.Run(name, func(t *testing.T) { readBack(t, fields) })
	}
}

// readBack has the program send what fields say, and the client read it.
func readBack(t *testing.T, fields string, flags ...string) {
	t.Helper()
	a := emulator.Start(t, false)
	c := newClient(oss.SignatureVersionV4)(t, a).(*client)
	moved.Rows(t, moved.To{Access: a, Scheme: "oss", Flags: flags}, fields,
		func(key string) moved.Properties { return c.properties(t, key) })
}
