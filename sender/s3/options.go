package s3

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// Options say which bucket, where it is and who asks. Only Bucket is needed: what else is empty is looked up in the
// AWS variables and profiles.
type Options struct {
	Bucket string

	// Endpoint is "http[s]://host[:port][/path]"; https is assumed. Empty means AWS_ENDPOINT_URL_S3,
	// AWS_ENDPOINT_URL, the profile's endpoint_url, or Amazon's own for the region, in this order. A Network other than
	// Standard goes before the configured ones.
	Endpoint string

	// Region is what requests are signed for. Empty means AWS_REGION or the profile's, and us-east-1 with an
	// endpoint of one's own, whose store then most likely has no regions.
	Region string

	// Credentials are asked for on every request, through a cache. Nil means the SDK's default chain.
	Credentials aws.CredentialsProvider

	// Network is the way to Amazon's endpoint, where none is named. Standard is what AWS_USE_DUALSTACK_ENDPOINT or the
	// profile's use_dualstack_endpoint say.
	Network Network

	// RequestPayer is "requester" where the bucket's owner does not pay for requests; every request states it then.
	RequestPayer string

	// CustomerKey has S3 encrypt all objects with a key of the caller's own. It goes along with all requests that S3
	// wants it with, and never over plain HTTP but on loopback. ETags are no MD5s then. Nil: none.
	CustomerKey *CustomerKey

	Checksum Checksum
	Style    Style
	Wire     wire.Options
}

// Checksum says which checksum travels with the bytes. The zero value settles it by the endpoint's answers.
type Checksum uint8

// The checksums.
const (
	Auto      Checksum = iota
	CRC64NVME          // x-amz-checksum-crc64nvme
	CRC32C             // x-amz-checksum-crc32c
	MD5                // Content-MD5, which every S3 store compares
)

var checksums = [...]struct {
	name      string
	algorithm hasher.Algorithm
}{
	Auto:      {"auto", hasher.CRC64NVME},
	CRC64NVME: {"crc64nvme", hasher.CRC64NVME},
	CRC32C:    {"crc32c", hasher.CRC32C},
	MD5:       {"md5", hasher.MD5},
}

// ParseChecksum returns the checksum of that name; the empty name is auto.
func ParseChecksum(name string) (Checksum, error) {
	for c, known := range checksums {
		if known.name == name || name == "" {
			return Checksum(c), nil
		}
	}
	return Auto, fmt.Errorf("unknown S3 checksum %q: use auto, crc64nvme, crc32c or md5", name)
}

// String returns the name that [ParseChecksum] takes.
func (c Checksum) String() string {
	if int(c) >= len(checksums) {
		return fmt.Sprintf("checksum(%d)", uint8(c))
	}
	return checksums[c].name
}

// Style says where the bucket's name stands in a URL.
type Style uint8

// The styles. AutoStyle is virtual-host style at the stores that ask for it (Amazon, Alibaba, Tencent), and path
// style everywhere else, as every other S3 store takes it and few have wildcard names and certificates.
const (
	AutoStyle    Style = iota
	PathStyle          // https://host/bucket/key
	VirtualStyle       // https://bucket.host/key
)

// virtualHosts are the domains whose stores want the bucket in the host's name. Amazon's takes both.
var virtualHosts = []string{".amazonaws.com", ".amazonaws.com.cn", ".aliyuncs.com", ".myqcloud.com"}

// resolve returns the style to use: a bucket with dots has no valid certificate below the host's name.
func (s Style) resolve(host, bucket string) Style {
	if s != AutoStyle {
		return s
	}
	for _, suffix := range virtualHosts {
		if strings.HasSuffix(host, suffix) && !strings.Contains(bucket, ".") {
			return VirtualStyle
		}
	}
	return PathStyle
}

// checkBucket refuses names that would end up elsewhere in the URL. The store has its own, narrower rules.
func checkBucket(name string) error {
	if name == "" {
		return errors.New("no bucket is named")
	}
	if len(name) > 255 || name == "." || name == ".." {
		return fmt.Errorf("%q is not a bucket name", name)
	}
	for _, r := range name {
		if !isAlphanumeric(r) && !strings.ContainsRune("-._", r) {
			return fmt.Errorf("%q is not a bucket name: %q is not allowed", name, r)
		}
	}
	return nil
}

func isAlphanumeric(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}
