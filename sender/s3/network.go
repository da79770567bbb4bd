package s3

import (
	"errors"
	"fmt"
	"strings"
)

// Network is a way to Amazon:
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/transfer-acceleration-getting-started.html and
// https://docs.aws.amazon.com/AmazonS3/latest/API/dual-stack-endpoints.html
type Network uint8

// The networks.
const (
	Standard   Network = iota
	Accelerate         // the nearest edge, for a fee; the bucket must have it turned on
	DualStack          // by IPv4 or IPv6
)

var networks = [...]string{Standard: "public", Accelerate: "accelerate", DualStack: "dual-stack"}

// ParseNetwork returns the network of that name; the empty name is Standard, which is also called public.
func ParseNetwork(name string) (Network, error) {
	for n, known := range networks {
		if known == name || name == "" {
			return Network(n), nil
		}
	}
	return Standard, fmt.Errorf("unknown network %q: use public, accelerate or dual-stack", name)
}

// String returns the name that [ParseNetwork] takes.
func (n Network) String() string {
	if int(n) >= len(networks) {
		return fmt.Sprintf("network(%d)", uint8(n))
	}
	return networks[n]
}

// check refuses what contradicts a network that is chosen.
func (n Network) check(o Options) error {
	switch {
	case n == Standard:
		return nil
	case int(n) >= len(networks):
		return fmt.Errorf("%s is no network", n)
	case o.Endpoint != "":
		return fmt.Errorf("an endpoint and the network %s: name one of them", n)
	case n == Accelerate && (o.Style == PathStyle || strings.Contains(o.Bucket, ".")):
		return errors.New("the network accelerate wants the bucket in the host's name, and no dots in it")
	}
	return nil
}

// amazonEndpoint returns Amazon's endpoint of a region. Partitions other than the commercial, the US government's
// and China's need an explicit endpoint.
func amazonEndpoint(region string, n Network) string {
	domain := ".amazonaws.com"
	if strings.HasPrefix(region, "cn-") {
		domain += ".cn"
	}
	switch n {
	case Accelerate:
		return "https://s3-accelerate" + domain
	case DualStack:
		return "https://s3.dualstack." + region + domain
	}
	return "https://s3." + region + domain
}
