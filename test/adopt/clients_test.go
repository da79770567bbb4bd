package adopt

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss"
	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/credentials"
	ossv1 "github.com/aliyun/aliyun-oss-go-sdk/oss"
	"github.com/ingest-dev/ingest/test/internal/npm"
)

// left is what a client left behind: a checkpoint, and what has to be said besides.
type left struct {
	checkpoint string
	flags      []string
}

// goV1 is Bucket.UploadFile, which is interrupted. Its checkpoint names no bucket.
func goV1(s *stand) left {
	s.Helper()
	folder := filepath.Join(s.dir, ".ossutil_checkpoint") // as ossutil 1 calls it, which is this client
	if err := os.Mkdir(folder, 0o700); err != nil {
		s.Fatal(err)
	}
	s.interrupted(func() error {
		return s.bucket().UploadFile(key, s.file, partSize, ossv1.Routines(1), ossv1.CheckpointDir(true, folder))
	})
	return left{folder, []string{"--to", "oss://" + bucket}}
}

// goV2 is Uploader.UploadFile. Its checkpoint says all that has to be known, but lists no parts.
func goV2(s *stand) left {
	s.Helper()
	cfg := oss.LoadDefaultConfig().WithRegion(region).WithEndpoint(s.url).
		WithCredentialsProvider(credentials.NewStaticCredentialsProvider(id, secret))
	folder := filepath.Join(s.dir, "v2") + "/"
	if err := os.Mkdir(folder, 0o700); err != nil {
		s.Fatal(err)
	}
	uploader := oss.NewClient(cfg).NewUploader(func(o *oss.UploaderOptions) {
		o.PartSize, o.ParallelNum, o.EnableCheckpoint, o.CheckpointDir = partSize, 1, true, folder
	})
	s.interrupted(func() error {
		_, err := uploader.UploadFile(s.Context(), &oss.PutObjectRequest{Bucket: oss.Ptr(bucket), Key: oss.Ptr(key)}, s.file)
		return err
	})
	return left{checkpoint: folder}
}

// aliOSS is multipartUpload, whose checkpoint is kept as JSON.
func aliOSS(s *stand) left {
	s.Helper()
	modules, err := npm.Install(s.Context(), filepath.Join("..", "alioss"))
	if err != nil {
		s.Skipf("SKIPPED: ali-oss cannot be installed: %v", err)
	}
	script, err := filepath.Abs("alioss.js")
	if err != nil {
		s.Fatal(err)
	}
	checkpoint := filepath.Join(s.dir, "checkpoint.json")
	s.interrupted(func() error {
		node := exec.CommandContext(s.Context(), "node", script)
		node.Env = append(os.Environ(), "NODE_PATH="+filepath.Join(modules, "node_modules"), "NODE_NO_WARNINGS=1",
			"ENDPOINT="+strings.Replace(s.url, "127.0.0.1", "localhost", 1), "REGION="+region, "BUCKET="+bucket, "ID="+id, "SECRET="+secret,
			"KEY="+key, "FILE="+s.file, "PART_SIZE="+strconv.Itoa(partSize), "CHECKPOINT="+checkpoint)
		return node.Run()
	})
	return left{checkpoint, []string{"--to", "oss://" + bucket + "/some"}}
}
