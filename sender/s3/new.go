package s3

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/logging"

	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// defaultRegion is what requests to an endpoint of one's own are signed for: the region of stores without regions.
const defaultRegion = "us-east-1"

// New returns the store of a bucket. It finds what the options leave open, and gets the first credentials; it does
// not ask the bucket. Its errors are of the configuration, one line each.
func New(ctx context.Context, o Options) (*Store, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	o, err := o.found(ctx)
	if err != nil {
		return nil, err
	}
	at, err := newAddress(o.Endpoint, o.Bucket, o.Style)
	if err != nil {
		return nil, err
	}
	if err := o.CustomerKey.mayTravel(at); err != nil {
		return nil, err
	}
	keys := newKeyring(o.Credentials)
	if err := keys.probe(ctx); err != nil {
		return nil, err
	}
	client, err := wire.NewClient(o.Wire)
	if err != nil {
		return nil, err
	}
	s := &Store{
		bucket: o.Bucket, address: at, client: client, keys: keys, signer: signer{region: o.Region},
		payer: o.RequestPayer, customer: o.CustomerKey,
	}
	s.sums.start(o.Checksum)
	return s, nil
}

// check finds what is wrong with the options alone.
func (o *Options) check() error {
	if o.RequestPayer != "" && o.RequestPayer != "requester" {
		return fmt.Errorf("request payer %q: S3 knows requester alone", o.RequestPayer)
	}
	return checkBucket(o.Bucket)
}

// found returns the options with what the AWS variables and profiles say of the empty ones.
func (o Options) found(ctx context.Context) (Options, error) {
	if int(o.Checksum) >= len(checksums) {
		return o, fmt.Errorf("%s is no S3 checksum", o.Checksum)
	}
	if err := o.Network.check(o); err != nil {
		return o, err
	}
	if o.Endpoint != "" && o.Region != "" && o.Credentials != nil {
		return o, nil
	}
	c, err := config.LoadDefaultConfig(ctx, config.WithLogger(logging.Nop{})) // it would write to stderr otherwise
	if err != nil {
		return o, fmt.Errorf("read the AWS configuration: %s", oneLine(err.Error()))
	}
	if o.Credentials == nil {
		o.Credentials = c.Credentials
	}
	o.Region = cmp.Or(o.Region, c.Region)
	if o.Endpoint, err = o.endpoint(ctx, &c); err != nil {
		return o, err
	}
	o.Region = cmp.Or(o.Region, defaultRegion)
	return o, nil
}

// endpoint returns the endpoint that is configured, or Amazon's.
func (o Options) endpoint(ctx context.Context, c *aws.Config) (string, error) {
	if o.Endpoint != "" {
		return o.Endpoint, nil
	}
	if e := configured(ctx, c); e != "" && o.Network == Standard {
		return e, nil
	}
	if o.Region == "" {
		return "", errors.New("no region is known: set --region or AWS_REGION, or an --endpoint")
	}
	if o.Network == Standard && dualStack(ctx, c) {
		o.Network = DualStack
	}
	return amazonEndpoint(o.Region, o.Network), nil
}

// dualStack reports whether a variable or the profile asks for endpoints that IPv6 reaches too.
func dualStack(ctx context.Context, c *aws.Config) bool {
	type chooser interface {
		GetUseDualStackEndpoint(context.Context) (aws.DualStackEndpointState, bool, error)
	}
	for _, source := range c.ConfigSources {
		if s, ok := source.(chooser); ok {
			if state, found, _ := s.GetUseDualStackEndpoint(ctx); found {
				return state == aws.DualStackEndpointStateEnabled
			}
		}
	}
	return false
}

// configured returns the endpoint of the variables and profiles: that of S3 alone comes before that of all services.
// The two interfaces are what the SDK's own clients ask its sources for.
func configured(ctx context.Context, c *aws.Config) string {
	type ignorer interface {
		GetIgnoreConfiguredEndpoints(context.Context) (bool, bool, error)
	}
	type service interface {
		GetServiceBaseEndpoint(context.Context, string) (string, bool, error)
	}
	for _, source := range c.ConfigSources {
		if s, ok := source.(ignorer); ok {
			if ignore, found, _ := s.GetIgnoreConfiguredEndpoints(ctx); found && ignore {
				return ""
			}
		}
	}
	for _, source := range c.ConfigSources {
		if s, ok := source.(service); ok {
			if e, found, _ := s.GetServiceBaseEndpoint(ctx, "S3"); found {
				return e
			}
		}
	}
	return aws.ToString(c.BaseEndpoint)
}
