package versity

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/ingest-dev/ingest/test/internal/gateway"
	"github.com/ingest-dev/ingest/test/internal/lab"
	"github.com/ingest-dev/ingest/test/internal/moved"
)

// What a row states is what the official client says of the gateway's object. Of what the sender can state, the gateway
// knows neither encryption nor ACLs of objects, and one storage class.
func TestStatedPropertiesAreReadBack(t *testing.T) {
	lab.Program(t) // before the gateway changes into another folder
	access = gateway.Start(t)
	client := newReader()
	until := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	for _, locked := range []string{"governance", "compliance"} {
		request := &awss3.CreateBucketInput{Bucket: &locked, ObjectLockEnabledForBucket: aws.Bool(true)}
		if _, err := client.CreateBucket(t.Context(), request); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct{ bucket, fields string }{
		"headers":    {access.Bucket, moved.Headers + `,"storage_class":"STANDARD"`},
		"governance": {"governance", `"lock_mode":"GOVERNANCE","lock_until":"` + until + `"`},
		"compliance": {"compliance", `"lock_mode":"COMPLIANCE","lock_until":"` + until + `","legal_hold":true`},
	} {
		t.Run(name, func(t *testing.T) {
			to := moved.To{Access: access, Scheme: "s3", Flags: []string{"--request-payer", "requester"}}
			to.Bucket = c.bucket
			moved.Rows(t, to, c.fields, func(key string) moved.Properties { return moved.S3(t, client, c.bucket, key, nil) })
		})
	}
}
