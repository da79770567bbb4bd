package wire

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/sender"
)

// client writes the certificate and the key of somebody called name.
func (a *authority) client(t *testing.T, name string) (cert, key string) {
	t.Helper()
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	a.issue(t, name, cert, key)
	return cert, key
}

func (a *authority) issue(t *testing.T, name, cert, key string) {
	t.Helper()
	der, private := signed(t, &x509.Certificate{
		SerialNumber: big.NewInt(3), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, a.self, a.key)
	text, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: text}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// guestList is who came.
type guestList struct {
	mu    sync.Mutex
	names []string
}

// exclusive runs a store that lets in whom the authority knows.
func (a *authority) exclusive(t *testing.T, version uint16) (*url.URL, *guestList) {
	t.Helper()
	guests := new(guestList)
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		guests.mu.Lock()
		defer guests.mu.Unlock()
		guests.names = append(guests.names, r.TLS.PeerCertificates[0].Subject.CommonName)
	}))
	srv.Config.ErrorLog = quiet
	der, key := signed(t, &x509.Certificate{SerialNumber: big.NewInt(2), NotAfter: time.Now().Add(time.Hour), IPAddresses: here}, a.self, a.key)
	text, err := os.ReadFile(a.file)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	srv.TLS = &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
		ClientAuth:   tls.RequireAndVerifyClientCert, ClientCAs: pool, MaxVersion: version,
	}
	srv.StartTLS()
	t.Cleanup(srv.Close)
	u, err := url.Parse(srv.URL + "/")
	if err != nil {
		t.Fatal(err)
	}
	return u, guests
}

// A certificate that is renewed during a run is shown by the next connection.
func TestClientCertificateIsShown(t *testing.T) {
	a := newAuthority(t)
	u, guests := a.exclusive(t, tls.VersionTLS13)
	cert, key := a.client(t, "first")
	c := client(t, Options{CAFile: a.file, ClientCert: cert, ClientKey: key})
	for _, name := range []string{"second", ""} {
		if _, err := c.Do(t.Context(), put(u, []byte("abc"))); err != nil {
			t.Fatal(err)
		}
		if name != "" {
			a.issue(t, name, cert, key)
			c.Close()
		}
	}
	if got := strings.Join(guests.names, " "); got != "first second" {
		t.Errorf("guests %q", got)
	}
}

func TestStoreThatDoesNotKnowUsStopsTheRun(t *testing.T) {
	a, stranger := newAuthority(t), newAuthority(t)
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		u, guests := a.exclusive(t, version)
		cert, key := stranger.client(t, "stranger")
		for name, o := range map[string]Options{"nobody": {CAFile: a.file}, "a stranger": {CAFile: a.file, ClientCert: cert, ClientKey: key}} {
			_, err := ended(t, client(t, o), put(u, []byte("abc")), 5*time.Second)
			if h := failed(t, err, sender.StopRun, false); !strings.Contains(h, "client certificate") {
				t.Errorf("%s, TLS %x: hint %q", name, version, h)
			}
		}
		if len(guests.names) > 0 {
			t.Errorf("let in: %q", guests.names)
		}
	}
}

func TestClientCertificateMistakesAreSaid(t *testing.T) {
	cert, key := newAuthority(t).client(t, "c")
	_, other := newAuthority(t).client(t, "d")
	for name, o := range map[string]Options{
		"no key": {ClientCert: cert}, "no certificate": {ClientKey: key}, "another's key": {ClientCert: cert, ClientKey: other},
		"no such file": {ClientCert: cert, ClientKey: "none.pem"}, "no PEM": {ClientCert: "doc.go", ClientKey: key},
	} {
		if _, err := NewClient(o); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
