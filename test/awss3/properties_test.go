package awss3

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/ingest-dev/ingest/test/internal/emulator"
	"github.com/ingest-dev/ingest/test/internal/moved"
)

// properties returns a reader of all that goes with an object.
func (c *client) properties(t *testing.T, customer []byte) func(key string) moved.Properties {
	return func(key string) moved.Properties {
		t.Helper()
		p := moved.S3(t, c.Client, *c.bucket, key, customer)
		acl, err := c.GetObjectAcl(t.Context(), &s3.GetObjectAclInput{Bucket: c.bucket, Key: &key})
		if err != nil {
			t.Fatal(err)
		}
		p["acl"] = canned(acl.Grants)
		return p
	}
}

// canned returns the ACL that grants come from. Only those are known that the tests state.
func canned(grants []types.Grant) string {
	for _, g := range grants {
		if g.Grantee.Type == types.TypeGroup && g.Permission == types.PermissionRead {
			return "public-read"
		}
	}
	return "private"
}

// What a row states is what the official client says of its object, whichever checksum went along.
func TestStatedPropertiesAreReadBack(t *testing.T) {
	for name, flags := range map[string][]string{
		"auto": nil, "md5": {"--s3-checksum", "md5"}, "terms": {"--request-payer", "requester"},
	} {
		t.Run(name, func(t *testing.T) {
			readBack(t, moved.Headers+`,"storage_class":"STANDARD_IA","acl":"public-read"`, flags...)
		})
	}
}

func TestStatedEncryptionIsReadBack(t *testing.T) {
	for name, fields := range map[string]string{
		"AES256": `"encryption":"AES256"`, "aws:kms": `"encryption":"aws:kms"`, "aws:kms:dsse": `"encryption":"aws:kms:dsse"`,
		"aws:kms with a key": `"encryption":"aws:kms","encryption_key":"arn:aws:kms:cn-hangzhou:1:key/x"`,
	} {
		t.Run(name, func(t *testing.T) { readBack(t, fields) })
	}
}

func TestStatedLockIsReadBack(t *testing.T) {
	until := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	for name, fields := range map[string]string{
		"governance": `"lock_mode":"GOVERNANCE","lock_until":"` + until + `","legal_hold":false`,
		"compliance": `"lock_mode":"COMPLIANCE","lock_until":"` + until + `"`,
		"hold":       `"legal_hold":true`,
	} {
		t.Run(name, func(t *testing.T) { readBack(t, fields) })
	}
}

// readBack has the program send what fields say, and the client read it.
func readBack(t *testing.T, fields string, flags ...string) {
	t.Helper()
	a := emulator.Start(t, false)
	c := newClient(t, a).(*client)
	moved.Rows(t, moved.To{Access: a, Scheme: "s3", Flags: flags}, fields, c.properties(t, nil))
}

// Who has the key reads the object, and nobody else.
func TestCustomersKeyOpensTheObject(t *testing.T) {
	key := []byte("a key of 32 bytes for this trial")
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, key, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, checksum := range []string{"auto", "crc32c"} {
		t.Run(checksum, func(t *testing.T) {
			a := emulator.Start(t, false)
			c := newClient(t, a).(*client)
			to := moved.To{Access: a, Scheme: "s3", Flags: []string{"--sse-c-key-file", file, "--s3-checksum", checksum}}
			moved.Rows(t, to, moved.Headers, func(name string) moved.Properties {
				if _, err := c.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: c.bucket, Key: &name}); err == nil {
					t.Errorf("%s is read without the key", name)
				}
				p := moved.S3(t, c.Client, *c.bucket, name, key)
				if p["customer"] != "AES256" {
					t.Errorf("%s is encrypted with %q", name, p["customer"])
				}
				return p
			})
		})
	}
}
