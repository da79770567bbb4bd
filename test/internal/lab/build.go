package lab

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// program builds the program once for all labs of the test binary. [Main] removes it. INGEST_PROGRAM is one that is
// there.
var program = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("INGEST_PROGRAM"); path != "" {
		return filepath.Abs(path)
	}
	root, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		return "", fmt.Errorf("find %s: %w", module, err)
	}
	dir, err := os.MkdirTemp("", "ingest-lab-*")
	if err != nil {
		return "", err
	}
	built = dir
	path := filepath.Join(dir, "ingest")
	cmd := exec.Command("go", "build", "-o", path, "./cmd/ingest")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0") // as releases are built: whatever it asks of the system is Go's doing
	if os.Getenv("INGEST_RACE") != "" {
		cmd = exec.Command("go", "build", "-race", "-o", path, "./cmd/ingest")
	}
	cmd.Dir = strings.TrimSpace(string(root)) // that module has all of its dependencies, this one only some
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the program: %w: %s", err, out)
	}
	return path, nil
})

// Program returns the path of the program, which is built once. The package's tests run by [Main].
func Program(t *testing.T) string {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

const module = "github.com/ingest-dev/ingest"

var built string // the folder of the program, if it was built

// Main runs a package's tests and tidies up behind them: func TestMain(m *testing.M) { lab.Main(m) }.
func Main(m *testing.M) {
	code := m.Run()
	if built != "" {
		_ = os.RemoveAll(built) // a leftover harms nobody
	}
	os.Exit(code)
}
