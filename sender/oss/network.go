package oss

import "fmt"

// Network is a way to a region. Which there are, and how their endpoints are named:
// https://www.alibabacloud.com/help/en/oss/user-guide/regions-and-endpoints
type Network uint8

// The networks.
const (
	Public     Network = iota // the internet
	Internal                  // within the region, where traffic is free
	Accelerate                // the nearest entry of Alibaba's own network, for a fee; the bucket must have it turned on
	DualStack                 // the internet, by IPv4 or IPv6; not in every region
)

var networks = [...]struct{ name, before, behind string }{
	Public:     {"public", "oss-", ""},
	Internal:   {"internal", "oss-", "-internal"},
	Accelerate: {"accelerate", "", ""},
	DualStack:  {"dual-stack", "", ".oss"},
}

// ParseNetwork returns the network of that name; the empty name is Public.
func ParseNetwork(name string) (Network, error) {
	for n, known := range networks {
		if known.name == name || name == "" {
			return Network(n), nil
		}
	}
	return Public, fmt.Errorf("unknown network %q: use public, internal, accelerate or dual-stack", name)
}

// String returns the name that [ParseNetwork] takes.
func (n Network) String() string {
	if int(n) >= len(networks) {
		return fmt.Sprintf("network(%d)", uint8(n))
	}
	return networks[n].name
}

// endpoint returns the URL of a region. The accelerated one is the same for all.
func (n Network) endpoint(region string) string {
	if n == Accelerate {
		return "https://oss-accelerate" + domain
	}
	return "https://" + networks[n].before + region + networks[n].behind + domain
}
