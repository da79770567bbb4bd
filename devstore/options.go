package devstore

import (
	"errors"
	"time"

	"github.com/ingest-dev/ingest/devstore/fault"
)

// ErrNoKey is returned by New when there is no access key, or no secret.
var ErrNoKey = errors.New("access key id and secret are needed")

// Options says what a Server serves, and to whom.
type Options struct {
	// Dir is where everything is kept. It is made if it is not there, and belongs to one Server at a time.
	Dir string
	// Buckets are made if they are not there.
	Buckets []string

	// AccessKeyID and AccessKeySecret are what requests are signed with, in both dialects. Both are needed.
	AccessKeyID, AccessKeySecret string
	// SessionToken is the security token that requests must carry besides. If it is empty, none is asked for.
	SessionToken string
	// Temporary are further access keys, which expire.
	Temporary []TemporaryKey

	// Region is the one that requests must be signed for. If it is empty, any will do, and the server calls itself
	// cn-hangzhou in the OSS dialect and us-east-1 in that of S3.
	Region string
	// Domains are hosts below which the first label of a request's host is a bucket, such as "localhost", which is
	// the default: bucket.localhost. Below aliyuncs.com that is always so.
	Domains []string

	// CallbackAnywhere lets the callbacks that OSS clients ask for reach other machines. Otherwise they reach loopback
	// addresses alone, so that nobody who may use the server can make it speak to others.
	CallbackAnywhere bool

	// NoSync leaves it to the operating system when files reach the disk: many times faster for small objects, and
	// safe from a crash of the process but not of the machine. For tests and benchmarks.
	NoSync bool

	// Faults says which requests go wrong. If it is nil, none does.
	Faults *fault.Script
	// Admin lets whoever reaches the server see and set its faults at /-/faults, without a signature:
	//
	//	GET     the rules, how often each has struck, and the requests by operation, as a fault.State in JSON
	//	PUT     a JSON array of rules replaces all rules, and their counts
	//	DELETE  no rules
	//
	// If there are no Faults, it makes them, with the seed 1. Without Admin that path is answered as any other.
	Admin bool

	now func() time.Time // for tests
}

func (o Options) withDefaults() Options {
	if o.Domains == nil {
		o.Domains = []string{"localhost"} // as RFC 6761 has it, whatever is below it is the loopback too
	}
	if o.Admin && o.Faults == nil {
		o.Faults = fault.NewScript(1)
	}
	if o.now == nil {
		o.now = time.Now
	}
	return o
}

// region returns the region that the server calls itself, where usual is what the dialect's clients expect.
func (o Options) region(usual string) string {
	if o.Region == "" {
		return usual
	}
	return o.Region
}
