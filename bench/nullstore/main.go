// Command nullstore is an S3 and OSS store that keeps nothing. Measured against it, nearly all of the cost is the
// client's.
//
//	nullstore -addr 127.0.0.1:9100               S3: bodies are dropped in the kernel, where it is Linux
//	nullstore -addr 127.0.0.1:9100 -crc64        OSS: states the CRC-64 of what it got
//	nullstore -addr 127.0.0.1:9100 -tls ca.pem   HTTPS; ca.pem is written, for the client to trust
//	nullstore -latency 5ms -rate 200             far away, behind a link of 200 MB/s (10^6 bytes) that all clients share
//
// It checks no signature, answers every read with "not found", and remembers of an upload only its parts' checksums.
// It prints its address, once it listens.
package main

import (
	"context"
	"crypto/tls"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"

	"github.com/ingest-dev/ingest/bench/internal/null"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:9100", "address to listen on; port 0 picks a free one")
	crc := flag.Bool("crc64", false, "take the CRC-64/ECMA of every body and state it, as OSS does")
	secure := flag.String("tls", "", "speak HTTPS, and write the certificate to this file")
	latency := flag.Duration("latency", 0, "wait before each answer")
	rate := flag.Float64("rate", 0, "MB a second from all clients together (0: no limit)")
	flag.Parse()
	log.Fatal(serve(*addr, *secure, null.Far(&null.Store{CRC64: *crc}, *latency, *rate*1e6)))
}

func serve(addr, pemFile string, s http.Handler) error {
	l, err := null.Listen(context.Background(), addr)
	if err != nil {
		return err
	}
	server := null.Server(s)
	if pemFile != "" {
		if server.TLSConfig, err = secured(pemFile); err != nil {
			return err
		}
	}
	fmt.Println(l.Addr())
	if pemFile != "" {
		return server.ServeTLS(l, "", "")
	}
	return server.Serve(l)
}

// secured makes a certificate and leaves it in a file for clients.
func secured(pemFile string) (*tls.Config, error) {
	certificate, text, err := null.Certificate()
	if err != nil {
		return nil, err
	}
	c := &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12}
	return c, os.WriteFile(pemFile, text, 0o600)
}
