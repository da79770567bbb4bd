package oss

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/ingest-dev/ingest/hasher"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// Options say which bucket, where it is and who asks. Only Bucket is needed: what else is empty is looked up in the
// environment.
type Options struct {
	Bucket string

	// Endpoint is "[http[s]://]host[:port]"; https is assumed. Empty means OSS_ENDPOINT, or the region's public one.
	// The bucket is put before the host, unless CNAME or PathStyle say otherwise.
	Endpoint string

	// Network is the way to the region's endpoint, where Endpoint is empty. Other than Public, it goes before
	// OSS_ENDPOINT.
	Network Network

	// CNAME says that Endpoint is a domain of one's own that is bound to the bucket: it is used as it is.
	CNAME bool

	// Region is what requests are signed for, such as "cn-hangzhou" ("oss-cn-hangzhou" is the same). Empty means
	// OSS_REGION, or what the endpoint's name says.
	Region string

	// Credentials are asked on every request. Nil means [Environment].
	Credentials CredentialsProvider

	// SignatureV1 signs as OSS did before 2023, for stores that know nothing newer. It needs no region.
	SignatureV1 bool

	// PathStyle puts the bucket into the path and not into the host's name. OSS itself refuses that; an endpoint
	// that is an IP address or localhost has it always.
	PathStyle bool

	// RequestPayer is "requester" where the bucket's owner does not pay for requests; every request states it then.
	RequestPayer string

	// TrafficLimit has OSS itself take the bytes of each PutObject and UploadPart no faster, in bits a second:
	// 819,200 to 838,860,800 (100 KiB to 100 MiB a second). 0: no limit.
	TrafficLimit int64

	Wire wire.Options
}

func (o Options) withDefaults() Options {
	if o.Endpoint == "" && o.Network == Public {
		o.Endpoint = os.Getenv("OSS_ENDPOINT")
	}
	if o.Region == "" {
		o.Region = os.Getenv("OSS_REGION")
	}
	if o.Credentials == nil {
		o.Credentials = Environment()
	}
	return o
}

// Store is a bucket of OSS. It keeps connections; Close ends them.
type Store struct {
	address     address
	credentials CredentialsProvider
	signer      signer
	clock       clock
	client      *wire.Client
	terms       terms
}

var (
	_ sender.Store        = (*Store)(nil)
	_ sender.UploadLister = (*Store)(nil)
)

// New returns the store of a bucket. It sends nothing, but asks once for credentials. An error says which option or
// variable is missing or wrong.
func New(ctx context.Context, o Options) (*Store, error) {
	o = o.withDefaults()
	if err := checkBucket(o.Bucket); err != nil {
		return nil, err
	}
	a, region, err := locate(o)
	if err != nil {
		return nil, err
	}
	terms, err := newTerms(o)
	if err != nil {
		return nil, err
	}
	if _, err := ask(ctx, o.Credentials); err != nil {
		return nil, fmt.Errorf("find OSS credentials: %w", err)
	}
	client, err := wire.NewClient(o.Wire)
	if err != nil {
		return nil, err
	}
	s := &Store{address: a, credentials: o.Credentials, client: client, clock: clock{now: time.Now}, terms: terms}
	s.signer = &signerV4{region: region}
	if o.SignatureV1 {
		s.signer = signerV1{}
	}
	return s, nil
}

// Close closes the idle connections. Calls under way end by themselves.
func (s *Store) Close() { s.client.Close() }

// String returns the bucket's URL.
func (s *Store) String() string { return "oss://" + s.address.bucket }

// Limits are those of OSS: parts of 100 KiB to 5 GiB, 10,000 of them, and 5 GiB in one request.
func (s *Store) Limits() sender.Limits {
	return sender.Limits{
		MinPart: 100 << 10, MaxPart: 5 << 30, MaxParts: maxParts, MaxPut: 5 << 30, MaxObject: maxObject,
	}
}

const (
	maxParts  = 10_000
	maxObject = maxParts * 5 << 30 // 48.8 TiB
)

// Wire returns CRC-64/ECMA.
func (s *Store) Wire() hasher.Algorithm { return hasher.CRC64ECMA }

// checkBucket holds a name against the rules for buckets:
// https://www.alibabacloud.com/help/en/oss/user-guide/bucket-naming-conventions
func checkBucket(name string) error {
	if name == "" {
		return errors.New("no bucket: name one, as in oss://bucket/prefix")
	}
	ok := len(name) >= 3 && len(name) <= 63 && name[0] != '-' && name[len(name)-1] != '-'
	for i := range len(name) {
		ok = ok && isName(name[i])
	}
	if !ok {
		return fmt.Errorf("bucket %q: a name has 3 to 63 lower-case letters, digits and inner hyphens", name)
	}
	return nil
}
