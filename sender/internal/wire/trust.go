package wire

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
)

// tls says whom we trust, and how we prove who we are.
func (o Options) tls() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, ClientSessionCache: tls.NewLRUClientSessionCache(0)}
	if err := o.trust(config); err != nil {
		return nil, err
	}
	return config, o.identify(config)
}

// trust adds the authorities of CAFile to the system's.
func (o Options) trust(config *tls.Config) error {
	if o.CAFile == "" {
		return nil
	}
	pem, err := os.ReadFile(o.CAFile)
	if err != nil {
		return fmt.Errorf("read the CA file: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return fmt.Errorf("read the CA file: %s holds no PEM certificate", o.CAFile)
	}
	config.RootCAs = pool
	return nil
}

var errHalfClient = errors.New("a client certificate needs its key, and a key its certificate")

// identify shows the client certificate to servers that ask for one.
func (o Options) identify(config *tls.Config) error {
	switch {
	case o.ClientCert == "" && o.ClientKey == "":
		return nil
	case o.ClientCert == "" || o.ClientKey == "":
		return errHalfClient
	}
	if _, err := o.clientCertificate(); err != nil {
		return err
	}
	config.ClientSessionCache = nil // a session that is taken up again stays whose it was, whatever certificate came since
	config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return o.clientCertificate() }
	return nil
}

func (o Options) clientCertificate() (*tls.Certificate, error) {
	c, err := tls.LoadX509KeyPair(o.ClientCert, o.ClientKey)
	if err != nil {
		return nil, fmt.Errorf("read the client certificate %s and its key %s: %w", o.ClientCert, o.ClientKey, err)
	}
	return &c, nil
}
