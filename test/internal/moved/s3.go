package moved

import (
	"crypto/md5" // S3 wants it of a customer's key
	"encoding/base64"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// S3 returns what goes with an object, but for its ACL, as aws-sdk-go-v2 reads it. customer is the key that the object
// is encrypted with; nil: none.
func S3(t *testing.T, c *s3.Client, bucket, key string, customer []byte) Properties {
	t.Helper()
	request := &s3.HeadObjectInput{Bucket: &bucket, Key: &key, RequestPayer: types.RequestPayerRequester}
	if customer != nil {
		sum := md5.Sum(customer)
		request.SSECustomerAlgorithm = aws.String("AES256")
		request.SSECustomerKey = aws.String(base64.StdEncoding.EncodeToString(customer))
		request.SSECustomerKeyMD5 = aws.String(base64.StdEncoding.EncodeToString(sum[:]))
	}
	head, err := c.HeadObject(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	tags, err := c.GetObjectTagging(t.Context(), &s3.GetObjectTaggingInput{Bucket: &bucket, Key: &key})
	if err != nil {
		t.Fatal(err)
	}
	p := headers(head)
	for _, tag := range tags.TagSet {
		p["tags."+aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	return p
}

func headers(head *s3.HeadObjectOutput) Properties {
	p := Properties{
		"content_type": aws.ToString(head.ContentType), "cache_control": aws.ToString(head.CacheControl),
		"content_disposition": aws.ToString(head.ContentDisposition), "content_encoding": aws.ToString(head.ContentEncoding),
		"content_language": aws.ToString(head.ContentLanguage), "storage_class": string(head.StorageClass),
		"encryption": string(head.ServerSideEncryption), "encryption_key": aws.ToString(head.SSEKMSKeyId),
		"customer": aws.ToString(head.SSECustomerAlgorithm), "lock_mode": string(head.ObjectLockMode), "legal_hold": "false",
	}
	if at, err := http.ParseTime(aws.ToString(head.ExpiresString)); err == nil {
		p["expires"] = at.Format(time.RFC3339)
	}
	if head.ObjectLockRetainUntilDate != nil {
		p["lock_until"] = head.ObjectLockRetainUntilDate.UTC().Format(time.RFC3339)
	}
	if head.ObjectLockLegalHoldStatus == types.ObjectLockLegalHoldStatusOn {
		p["legal_hold"] = "true"
	}
	for name, value := range head.Metadata {
		p["metadata."+name] = value
	}
	return p
}
