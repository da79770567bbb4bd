package differential

import (
	"context"
	"os"
	"path/filepath"

	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss"
	ossv2credentials "github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/credentials"
	ossv1 "github.com/aliyun/aliyun-oss-go-sdk/oss"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/logging"
)

// roles are the clients that the test binary can be.
var roles = map[string]func(task) error{"ossv1": uploadV1, "ossv2": uploadV2, "awss3": uploadAWS}

// uploadV1 is Bucket.UploadFile of aliyun-oss-go-sdk. CRC checks are on by default.
func uploadV1(t task) error {
	options := []ossv1.ClientOption{ossv1.AuthVersion(ossv1.AuthV4), ossv1.Region(t.Region), ossv1.SecurityToken(t.Token)}
	if t.Debug {
		options = append(options, ossv1.SetLogLevel(ossv1.Debug))
	}
	c, err := ossv1.New(t.Endpoint, t.ID, t.Secret, options...)
	if err != nil {
		return err
	}
	bucket, err := c.Bucket(t.Bucket)
	if err != nil {
		return err
	}
	return bucket.UploadFile(t.Key, t.File, t.PartSize,
		ossv1.Routines(t.Parallel), ossv1.Checkpoint(true, filepath.Join(t.Checkpoint, "file.cp")))
}

// uploadV2 is Uploader.UploadFile of alibabacloud-oss-go-sdk-v2. CRC checks and three attempts are the default.
func uploadV2(t task) error {
	cfg := oss.LoadDefaultConfig().WithRegion(t.Region).WithEndpoint(t.Endpoint).
		WithCredentialsProvider(ossv2credentials.NewStaticCredentialsProvider(t.ID, t.Secret, t.Token))
	if t.Debug {
		cfg = cfg.WithLogLevel(oss.LogDebug)
	}
	uploader := oss.NewClient(cfg).NewUploader(func(o *oss.UploaderOptions) {
		o.PartSize, o.ParallelNum = t.PartSize, t.Parallel
		o.EnableCheckpoint, o.CheckpointDir = true, t.Checkpoint+"/" // without the slash it is the folder above
	})
	_, err := uploader.UploadFile(context.Background(), &oss.PutObjectRequest{Bucket: &t.Bucket, Key: &t.Key}, t.File)
	return err
}

// uploadAWS is the transfer manager of aws-sdk-go-v2. CRC-32 of every part and three attempts are the default. It has
// no checkpoint.
func uploadAWS(t task) error {
	options := s3.Options{
		BaseEndpoint: &t.Endpoint, Region: "us-east-1", UsePathStyle: true,
		Credentials:                credentials.NewStaticCredentialsProvider(t.ID, t.Secret, t.Token),
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported, // as config.LoadDefaultConfig has it
	}
	if t.Debug {
		options.Logger = logging.NewStandardLogger(os.Stderr)
		options.ClientLogMode = aws.LogSigning | aws.LogRetries | aws.LogRequest | aws.LogResponse
	}
	file, err := os.Open(t.File)
	if err != nil {
		return err
	}
	defer file.Close()
	manager := transfermanager.New(s3.New(options), func(o *transfermanager.Options) {
		o.PartSizeBytes, o.MultipartUploadThreshold, o.Concurrency = t.PartSize, t.PartSize, t.Parallel
	})
	_, err = manager.UploadObject(context.Background(), &transfermanager.UploadObjectInput{Bucket: &t.Bucket, Key: &t.Key, Body: file})
	return err
}
