package wire

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/sender"
)

// authority signs certificates; its own lies in a PEM file.
type authority struct {
	key  *ecdsa.PrivateKey
	self *x509.Certificate
	file string
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{file: filepath.Join(t.TempDir(), "ca.pem")}
	a.self = &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "an authority"},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(48 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	var der []byte
	der, a.key = signed(t, a.self, a.self, nil)
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	if err := os.WriteFile(a.file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return a
}

// signed makes a certificate and its key; without a key to sign with it signs itself.
func signed(t *testing.T, c, parent *x509.Certificate, by *ecdsa.PrivateKey) ([]byte, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if by == nil {
		by = key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, by)
	if err != nil {
		t.Fatal(err)
	}
	return der, key
}

// secureWith runs a store whose certificate the authority has signed, and counts the requests that reach it.
func (a *authority) secureWith(t *testing.T, c *x509.Certificate) (*url.URL, *atomic.Int64) {
	t.Helper()
	c.SerialNumber = big.NewInt(2)
	der, key := signed(t, c, a.self, a.key)
	var requests atomic.Int64
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }))
	srv.Config.ErrorLog = quiet
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	srv.StartTLS()
	t.Cleanup(srv.Close)
	u, err := url.Parse(srv.URL + "/")
	if err != nil {
		t.Fatal(err)
	}
	return u, &requests
}

var here = []net.IP{net.IPv4(127, 0, 0, 1)}

func TestCertificatesThatProveNothingStopTheRun(t *testing.T) {
	t.Parallel()
	a, stranger := newAuthority(t), newAuthority(t)
	day := 24 * time.Hour
	for name, c := range map[string]struct {
		certificate x509.Certificate
		trusted     string
		hint        string
	}{
		"expired":      {x509.Certificate{NotBefore: time.Now().Add(-2 * day), NotAfter: time.Now().Add(-day), IPAddresses: here}, a.file, "clock"},
		"of tomorrow":  {x509.Certificate{NotBefore: time.Now().Add(day), NotAfter: time.Now().Add(2 * day), IPAddresses: here}, a.file, "clock"},
		"another name": {x509.Certificate{NotAfter: time.Now().Add(day), DNSNames: []string{"other.example.com"}}, a.file, "another name"},
		"another's":    {x509.Certificate{NotAfter: time.Now().Add(day), IPAddresses: here}, stranger.file, "nobody known"},
		"nobody's":     {x509.Certificate{NotAfter: time.Now().Add(day), IPAddresses: here}, "", "nobody known"},
	} {
		t.Run(name, func(t *testing.T) {
			u, requests := a.secureWith(t, &c.certificate)
			_, err := ended(t, client(t, Options{CAFile: c.trusted}), put(u, []byte("abc")), 5*time.Second)
			if h := failed(t, err, sender.StopRun, false); !strings.Contains(h, c.hint) {
				t.Errorf("hint %q does not speak of %q", h, c.hint)
			}
			if requests.Load() > 0 {
				t.Error("the request was sent")
			}
		})
	}
}

func TestCertificateOfTheNamedAuthorityIsTrusted(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	u, requests := a.secureWith(t, &x509.Certificate{NotAfter: time.Now().Add(time.Hour), IPAddresses: here})
	_, err := ended(t, client(t, Options{CAFile: a.file}), put(u, []byte("abc")), 5*time.Second)
	if err != nil || requests.Load() != 1 {
		t.Fatalf("%d requests, %v", requests.Load(), err)
	}
}

func TestTLSIsVerifiedAndNew(t *testing.T) {
	for _, o := range []Options{{}, {CAFile: newAuthority(t).file}} {
		c := client(t, o).dialer.tls
		if c.InsecureSkipVerify || c.MinVersion < tls.VersionTLS12 {
			t.Errorf("verification skipped %v, from version %x", c.InsecureSkipVerify, c.MinVersion)
		}
	}
}

func TestOldTLSStopsTheRun(t *testing.T) {
	t.Parallel()
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11} {
		srv := httptest.NewUnstartedServer(http.NotFoundHandler())
		srv.Config.ErrorLog = quiet
		srv.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: version}
		srv.StartTLS()
		t.Cleanup(srv.Close)
		u, err := url.Parse(srv.URL)
		if err != nil {
			t.Fatal(err)
		}
		_, err = ended(t, client(t, Options{}), put(u, []byte("abc")), 5*time.Second)
		failed(t, err, sender.StopRun, false)
	}
}

// TestNothingTravelsInTheClearAfterAFailedHandshake looks at all that comes from a client whose store speaks no TLS.
func TestNothingTravelsInTheClearAfterAFailedHandshake(t *testing.T) {
	t.Parallel()
	var open, connections atomic.Int64
	u := serve(t, func(c *net.TCPConn) {
		connections.Add(1)
		first := make([]byte, 1)
		if _, err := c.Read(first); err == nil && first[0] != 22 { // RFC 8446, 5.1: a handshake record
			open.Add(1)
		}
		say(c, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		_ = c.CloseWrite()
		drain(c)
	})
	u.Scheme = "https"
	for range 3 {
		_, err := ended(t, client(t, Options{}), put(u, []byte("abc")), 5*time.Second)
		failed(t, err, sender.StopRun, false)
	}
	if open.Load() > 0 || connections.Load() != 3 {
		t.Errorf("%d of %d connections in the clear", open.Load(), connections.Load())
	}
}
