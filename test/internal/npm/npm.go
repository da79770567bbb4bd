// Package npm installs what a package-lock.json pins, for tests that need clients for Node.js.
package npm

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Install puts what the package-lock.json in a folder pins into a cache folder named after it, unless it is there, and
// returns that.
func Install(ctx context.Context, from string) (string, error) {
	lock, err := os.ReadFile(filepath.Join(from, "package-lock.json"))
	if err != nil {
		return "", err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "ingest-test", fmt.Sprintf("alioss-%x", sha256.Sum256(lock))[:23])
	if _, err := os.Stat(filepath.Join(dir, "installed")); err == nil {
		return dir, nil
	}
	pack, err := os.ReadFile(filepath.Join(from, "package.json"))
	if err != nil {
		return "", err
	}
	err = errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(filepath.Join(dir, "package.json"), pack, 0o600),
		os.WriteFile(filepath.Join(dir, "package-lock.json"), lock, 0o600))
	if err != nil {
		return "", err
	}
	npm := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	npm.Dir = dir
	if out, err := npm.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm ci: %w: %s", err, bytes.TrimSpace(out))
	}
	return dir, os.WriteFile(filepath.Join(dir, "installed"), nil, 0o600)
}
