package main

import (
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"
)

// warn says, once and before anything is sent, what is allowed and may still be a mistake.
func (t *transfer) warn(cmd *cobra.Command, j *job, log *logger) {
	t.warnOfRoom(log)
	warnOfDoubt(j, log)
	t.target.warn(cmd, j.store, log)
}

func (t *target) warn(cmd *cobra.Command, s *store, log *logger) {
	if inTheOpen(s.endpoint) {
		log.Warn().Str("endpoint", s.endpoint).
			Msg("the endpoint is plain http: whoever is on the way can read what is sent, and the id of your key; use https:// if the store has it")
	}
	if path := awsCredentials(t.url, os.Getenv); path != "" && allows(path, 0o044) {
		log.Warn().Str("file", path).Msg("others can read your access keys: chmod 600 it")
	}
	if path := t.terms.keyFile; path != "" && allows(path, 0o044) {
		log.Warn().Str("file", path).Msg("others can read the key that your objects are encrypted with: chmod 600 it")
	}
	warnOfCredentials(s, log)
	if path := flag(cmd, "config"); path != "" && allows(path, 0o002) {
		log.Warn().Str("file", path).Msg("anyone can change the configuration, and so where your data go: chmod 600 it")
	}
}

// inTheOpen reports whether requests to an endpoint leave this machine unencrypted.
func inTheOpen(endpoint string) bool {
	u, err := url.Parse(endpoint)
	if err != nil || u.Scheme != "http" {
		return false
	}
	host := u.Hostname()
	if ip := net.ParseIP(host); ip != nil {
		return !ip.IsLoopback()
	}
	return host != "localhost" && !strings.HasSuffix(host, ".localhost") // RFC 6761, section 6.3
}

// awsCredentials is the file that the keys for a destination come from; "" if from elsewhere. It is looked for where
// the AWS SDK does.
func awsCredentials(to string, get func(string) string) string {
	if !strings.HasPrefix(to, "s3://") || get("AWS_ACCESS_KEY_ID") != "" {
		return ""
	}
	if path := get("AWS_SHARED_CREDENTIALS_FILE"); path != "" {
		return path
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".aws", "credentials")
}

// allows reports whether a file is there and gives any of these permissions. Windows has others.
func allows(path string, mode os.FileMode) bool {
	info, err := os.Stat(path)
	return err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&mode != 0
}
