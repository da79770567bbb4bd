package manifests_test

import (
	"crypto/md5"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ingest-dev/ingest/manifests"
)

func TestAnExampleDoesNotRun(t *testing.T) {
	names, err := filepath.Glob("examples/*.*")
	if err != nil || len(names) < 4 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		if got := mistakes(t, name, manifests.Options{}, manifests.Check{}); got != "" {
			t.Errorf("%s: %s", name, got)
		}
		for _, r := range read(t, name, manifests.Options{}) {
			text, err := os.ReadFile(r.Path)
			if err != nil || r.Size >= 0 && r.Size != int64(len(text)) {
				t.Errorf("%s:%d: %d bytes, want %d: %v", name, r.Line, len(text), r.Size, err)
			}
			algorithm, _, _ := strings.Cut(r.Checksum, ":")
			sums := map[string]string{"": "", "crc32c": "crc32c:00000000",
				"md5": fmt.Sprintf("md5:%x", md5.Sum(text)), "sha256": fmt.Sprintf("sha256:%x", sha256.Sum256(text))}
			if r.Checksum != sums[algorithm] {
				t.Errorf("%s:%d: checksum %s", name, r.Line, sums[algorithm])
			}
		}
	}
}
