package s3

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A metadata service of the first version: the SDK complains about it, and takes its credentials.
func TestLibraryOfAmazonWritesToStderr(t *testing.T) {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		const roles = "/latest/meta-data/iam/security-credentials/"
		switch {
		case r.URL.Path == roles:
			_, _ = io.WriteString(w, "role")
		case strings.HasPrefix(r.URL.Path, roles):
			_, _ = io.WriteString(w, `{"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"A","SecretAccessKey":"S","Token":"T","Expiration":"`+
				time.Now().Add(time.Hour).UTC().Format(time.RFC3339)+`"}`)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer service.Close()
	cleanAWS(t, "AWS_EC2_METADATA_DISABLED", "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT", service.URL)
	if said := stderrOf(t, func() {
		s, err := New(t.Context(), Options{Bucket: "b", Endpoint: "http://localhost:1"})
		if err != nil {
			t.Error(err)
			return
		}
		s.Close()
	}); said != "" {
		t.Errorf("it says %q", said)
	}
}

// stderrOf returns what is written to stderr meanwhile.
func stderrOf(t *testing.T, do func()) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "stderr")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	stderr := os.Stderr
	os.Stderr = f
	do()
	os.Stderr = stderr
	_ = f.Close()
	said, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(said)
}
