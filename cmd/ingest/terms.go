package main

import (
	"fmt"
	"io"
	"os"

	"github.com/ingest-dev/ingest/sender/s3"
	"github.com/spf13/cobra"
)

// terms are what requests of a run state besides their objects: who pays, how fast, with which key.
type terms struct {
	payer   string
	traffic byteSize
	keyFile string
}

func (t *terms) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&t.payer, "request-payer", "", "`WHO` pays for requests of oss:// and s3://: requester; by default the bucket's owner")
	f.Var(&t.traffic, "traffic-limit", "bytes a second of each request of oss://, 100KiB to 100MiB, held by the store")
	f.StringVar(&t.keyFile, "sse-c-key-file", "", "`FILE` of 32 bytes, the key with which s3:// encrypts all objects; who loses it has lost them")
}

// The bounds of OSS, in bytes a second.
const (
	leastTraffic = 100 << 10
	mostTraffic  = 100 << 20
)

// check refuses what a kind of store does not know.
func (t *terms) check(scheme string) error {
	switch {
	case t.payer != "" && t.payer != "requester":
		return usagef("--request-payer %q: want requester", t.payer)
	case t.payer != "" && scheme == "file":
		return usagef("--request-payer: nobody pays for the requests of a directory")
	case t.traffic != 0 && scheme != "oss":
		return usagef("--traffic-limit: only oss:// has one; --limit-rate limits the whole run")
	case t.traffic != 0 && (t.traffic < leastTraffic || t.traffic > mostTraffic):
		return usagef("--traffic-limit %s: OSS takes 100KiB to 100MiB a second", &t.traffic)
	case t.keyFile != "" && scheme != "s3":
		return usagef("--sse-c-key-file: only s3:// encrypts with a key of your own")
	}
	return nil
}

// bits is the traffic limit as OSS wants it.
func (t *terms) bits() int64 { return 8 * int64(t.traffic) }

// customerKey reads the key, nil if there is none. It is never in an error.
func (t *terms) customerKey() (*s3.CustomerKey, error) {
	if t.keyFile == "" {
		return nil, nil
	}
	f, err := os.Open(t.keyFile)
	if err != nil {
		return nil, usagef("--sse-c-key-file: %w", err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, 1<<10)) // a key is far shorter, and some device may be endless
	if err != nil {
		return nil, usagef("--sse-c-key-file: %w", err)
	}
	k, err := s3.NewCustomerKey(raw)
	if err != nil {
		return nil, usagef("--sse-c-key-file %s: %w", t.keyFile, err)
	}
	return k, nil
}

// mark is what tells jobs of other keys apart: a run that is carried on with another key would leave objects that no
// one key opens.
func mark(k *s3.CustomerKey) string {
	if k == nil {
		return ""
	}
	return fmt.Sprintf("sse-c=%x", k.Fingerprint())
}
