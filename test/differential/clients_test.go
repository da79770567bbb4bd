package differential

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/ingest-dev/ingest/test/internal/lab"
	"github.com/ingest-dev/ingest/test/internal/npm"
)

// dialect is what a client speaks to the store.
type dialect string

const (
	ossDialect dialect = "oss"
	s3Dialect  dialect = "s3"
)

// client is one of the uploaders.
type client struct {
	name    string
	version string
	setting string // how it is used, for the table
	dialect dialect
	ours    bool
	resumes bool // has a checkpoint
	words   func(t task) []string
	env     func(t task) []string
}

// ours are the ways to use ingest.
func ours(t *testing.T) []client {
	t.Helper()
	program := lab.New(t, lab.Options{Kind: lab.File}).Program
	version := "of this repository"
	ingest := func(name, command string, d dialect, words func(t task) []string) client {
		return client{
			name: name, version: version, dialect: d, ours: true, resumes: true, env: ingestEnvironment,
			setting: command + ", `--parallel 3`",
			words:   func(t task) []string { return append(append([]string{program}, words(t)...), flags(t)...) },
		}
	}
	return []client{
		ingest("ingest, OSS", "`ingest put`", ossDialect, func(t task) []string {
			return []string{"put", t.File, "oss://" + t.Bucket + "/" + t.Key}
		}),
		ingest("ingest, S3", "`ingest run`", s3Dialect, ingestRun),
	}
}

func ingestRun(t task) []string {
	manifest := t.File + ".txt"
	if err := os.WriteFile(manifest, []byte(filepath.Base(t.File)+"\n"), 0o600); err != nil {
		panic(err)
	}
	return []string{"run", manifest, "--to", "s3://" + t.Bucket + "/" + filepath.ToSlash(filepath.Dir(t.Key))}
}

func flags(t task) []string {
	list := []string{
		"--journal", filepath.Join(t.Checkpoint, "journal"), "--part-size", strconv.FormatInt(t.PartSize, 10),
		"--parallel", strconv.Itoa(t.Parallel), "--progress", "none", "--json",
	}
	if t.Debug {
		list = append(list, "--log-level", "debug")
	}
	return list
}

func ingestEnvironment(t task) []string {
	return []string{
		"OSS_ENDPOINT=" + t.Endpoint, "OSS_REGION=" + t.Region, "OSS_ACCESS_KEY_ID=" + t.ID,
		"OSS_ACCESS_KEY_SECRET=" + t.Secret, "OSS_SESSION_TOKEN=" + t.Token,
		"AWS_ENDPOINT_URL_S3=" + t.Endpoint, "AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=" + t.ID,
		"AWS_SECRET_ACCESS_KEY=" + t.Secret, "AWS_SESSION_TOKEN=" + t.Token,
	}
}

// others are the official clients. One that cannot be installed is left out, and that is said.
func others(t *testing.T) []client {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	sdk := func(name, module, role, setting string, d dialect, resumes bool) client {
		return client{
			name: name, version: moduleVersion(t, module), setting: setting, dialect: d, resumes: resumes,
			words: func(task) []string { return []string{self} },
			env:   func(t task) []string { return t.environment(role) },
		}
	}
	list := []client{
		sdk("OSS SDK for Go v1", "github.com/aliyun/aliyun-oss-go-sdk", "ossv1",
			"`Bucket.UploadFile`, `Routines(3)`, `Checkpoint(true, …)`", ossDialect, true),
		sdk("OSS SDK for Go v2", "github.com/aliyun/alibabacloud-oss-go-sdk-v2", "ossv2",
			"`Uploader.UploadFile`, `ParallelNum` 3, `EnableCheckpoint`", ossDialect, true),
	}
	if c, err := aliOSS(); err != nil {
		t.Logf("ali-oss is LEFT OUT: %v", err)
	} else {
		list = append(list, c)
	}
	aws := sdk("AWS SDK for Go v2", "github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager", "awss3",
		"`transfermanager.UploadObject`, `Concurrency` 3", s3Dialect, false)
	aws.version = "transfermanager " + aws.version + ", s3 " + moduleVersion(t, "github.com/aws/aws-sdk-go-v2/service/s3")
	return append(list, aws)
}

// moduleVersion is that of go.mod: a test binary does not know what it is made of.
func moduleVersion(t *testing.T, path string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Version}}", path).Output()
	if err != nil {
		t.Fatalf("the version of %s: %v", path, err)
	}
	return strings.TrimSuffix(strings.TrimSpace(string(out)), "+incompatible")
}

// aliOSS is the client that the tests in ../alioss install, by the same lock file and into the same folder.
func aliOSS() (client, error) {
	dir, err := npm.Install(context.Background(), filepath.Join("..", "alioss"))
	if err != nil {
		return client{}, err
	}
	script, err := filepath.Abs("alioss.js")
	if err != nil {
		return client{}, err
	}
	modules := filepath.Join(dir, "node_modules")
	var about struct{ Version string }
	text, err := os.ReadFile(filepath.Join(modules, "ali-oss", "package.json"))
	if err == nil {
		err = json.Unmarshal(text, &about)
	}
	return client{
		name: "ali-oss", version: about.Version, dialect: ossDialect, resumes: true,
		setting: "`multipartUpload`, `parallel` 3, `retryMax` 3 (its default is 0), checkpoint kept as JSON",
		words:   func(task) []string { return []string{"node", script} },
		env: func(t task) []string {
			return append(t.environment("ali-oss"), "NODE_PATH="+modules, "NODE_NO_WARNINGS=1", debugOfNode(t))
		},
	}, err
}

func debugOfNode(t task) string {
	if t.Debug {
		return "DEBUG=*"
	}
	return "DEBUG="
}
