package main

import (
	"github.com/ingest-dev/ingest/sender/oss"
	"github.com/ingest-dev/ingest/sender/s3"
	"github.com/spf13/cobra"
)

// reach is the way to a store, for who needs another than the vendor's public one.
type reach struct {
	endpoint   string
	region     string
	network    string
	addressing string
	caFile     string
	clientCert string
	clientKey  string
}

// The ways to name a bucket in a request.
const (
	pathStyle    = "path"
	virtualStyle = "virtual"
	ownDomain    = "cname"
)

func (r *reach) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&r.endpoint, "endpoint", "", "`URL` of a store other than the vendor's own, such as http://127.0.0.1:9090")
	f.StringVar(&r.region, "region", "", "region of the bucket; by default that of the endpoint, OSS_REGION or the AWS profile")
	f.StringVar(&r.network, "network", "", "`WAY` to the vendor's own endpoint: public, internal (oss:// only), accelerate or dual-stack")
	f.StringVar(&r.addressing, "addressing", auto, "where requests name the bucket: auto, path, virtual, or cname for a domain that is bound to it (oss:// only)")
	f.StringVar(&r.caFile, "ca-file", "", "PEM `FILE` of authorities to trust besides the system's, for oss:// and s3://")
	f.StringVar(&r.clientCert, "client-cert", "", "PEM `FILE` of the certificate to show to a store that asks for one")
	f.StringVar(&r.clientKey, "client-key", "", "PEM `FILE` of its private key")
}

// oss puts the way into the options of a store of OSS.
func (r *reach) oss(o *oss.Options, parallel int) (err error) {
	o.Endpoint, o.Region = r.endpoint, r.region
	if o.Network, err = oss.ParseNetwork(r.network); err != nil {
		return usagef("--network: %w", err)
	}
	switch r.addressing {
	case auto, virtualStyle:
	case pathStyle:
		o.PathStyle = true
	case ownDomain:
		o.CNAME = true
	default:
		return usagef("--addressing %q: want auto, path, virtual or cname", r.addressing)
	}
	o.Wire.Parallel, o.Wire.CAFile, o.Wire.UserAgent = parallel, r.caFile, userAgent()
	o.Wire.ClientCert, o.Wire.ClientKey = r.clientCert, r.clientKey
	return nil
}

// s3 puts the way into the options of a store of the S3 dialect.
func (r *reach) s3(o *s3.Options, parallel int) (err error) {
	o.Endpoint, o.Region = r.endpoint, r.region
	if o.Network, err = s3.ParseNetwork(r.network); err != nil {
		return usagef("--network: %w", err)
	}
	switch r.addressing {
	case auto:
	case virtualStyle:
		o.Style = s3.VirtualStyle
	case pathStyle:
		o.Style = s3.PathStyle
	default:
		return usagef("--addressing %q: want auto, path or virtual", r.addressing)
	}
	o.Wire.Parallel, o.Wire.CAFile, o.Wire.UserAgent = parallel, r.caFile, userAgent()
	o.Wire.ClientCert, o.Wire.ClientKey = r.clientCert, r.clientKey
	return nil
}
