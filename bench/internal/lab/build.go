//go:build unix

package lab

import (
	"context"
	"fmt"
	"os"
	"os/exec"
)

// Build builds packages of this repository into a folder. It is to be called somewhere in the repository.
func Build(ctx context.Context, into string, packages ...string) error {
	cmd := exec.CommandContext(ctx, "go", append([]string{"build", "-o", into + string(os.PathSeparator)}, packages...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// Keys is the environment in which ingest sends to a null store at addr, and nothing else of the machine's matters:
// neither its credentials nor its settings.
func Keys(addr, scheme string) []string {
	endpoint := scheme + "://" + addr
	return []string{
		"PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir(),
		"AWS_ENDPOINT_URL_S3=" + endpoint, "AWS_ENDPOINT_URL=" + endpoint, "AWS_REGION=us-east-1",
		"AWS_ACCESS_KEY_ID=nobody", "AWS_SECRET_ACCESS_KEY=nothing", "AWS_EC2_METADATA_DISABLED=true",
		"OSS_ENDPOINT=" + endpoint, "OSS_REGION=oss-local", "OSS_ACCESS_KEY_ID=nobody", "OSS_ACCESS_KEY_SECRET=nothing",
	}
}
