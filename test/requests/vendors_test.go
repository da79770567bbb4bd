package requests

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"testing"

	v2 "github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss"
	osscredentials "github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/credentials"
	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/retry"
	v1 "github.com/aliyun/aliyun-oss-go-sdk/oss"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/minio/crc64nvme"
)

// clientV1 is aliyun-oss-go-sdk.
type clientV1 struct{ *v1.Bucket }

func ossV1(version v1.AuthVersionType) func(*testing.T, string) uploader {
	return func(t *testing.T, url string) uploader {
		t.Helper()
		c, err := v1.New(url, id, secret, v1.AuthVersion(version), v1.Region(region))
		if err != nil {
			t.Fatal(err)
		}
		b, err := c.Bucket(bucket)
		if err != nil {
			t.Fatal(err)
		}
		return clientV1{b}
	}
}

func propertiesV1() []v1.Option {
	return []v1.Option{v1.ContentType(contentType), v1.Meta(metaName, metaValue), v1.ObjectStorageClass(v1.StorageStandard)}
}

func (c clientV1) Put(_ context.Context, data []byte) error {
	return c.PutObject(key, bytes.NewReader(data), propertiesV1()...)
}

func (c clientV1) Begin(context.Context) (string, error) {
	r, err := c.InitiateMultipartUpload(key, propertiesV1()...)
	return r.UploadID, err
}

func uploadV1(id string) v1.InitiateMultipartUploadResult {
	return v1.InitiateMultipartUploadResult{Bucket: bucket, Key: key, UploadID: id}
}

func (c clientV1) SendPart(_ context.Context, id string, number int, data []byte) (string, error) {
	p, err := c.UploadPart(uploadV1(id), bytes.NewReader(data), int64(len(data)), number)
	return p.ETag, err
}

func (c clientV1) Parts(_ context.Context, id string) error {
	_, err := c.ListUploadedParts(uploadV1(id), v1.MaxParts(1000))
	return err
}

func (c clientV1) Complete(_ context.Context, id string, etags []string) error {
	var list []v1.UploadPart
	for i, etag := range etags {
		list = append(list, v1.UploadPart{PartNumber: i + 1, ETag: `"` + etag + `"`})
	}
	_, err := c.CompleteMultipartUpload(uploadV1(id), list)
	return err
}

func (c clientV1) Abort(_ context.Context, id string) error {
	return c.AbortMultipartUpload(uploadV1(id))
}

func (c clientV1) Head(context.Context) error {
	_, err := c.GetObjectDetailedMeta(key)
	return err
}

func (c clientV1) Uploads(_ context.Context, prefix string) error {
	_, err := c.ListMultipartUploads(v1.Prefix(prefix), v1.MaxUploads(1000))
	return err
}

// clientV2 is alibabacloud-oss-go-sdk-v2.
type clientV2 struct{ *v2.Client }

func ossV2(version string) func(*testing.T, string) uploader {
	signature := map[string]v2.SignatureVersionType{"v1": v2.SignatureVersionV1, "v4": v2.SignatureVersionV4}[version]
	return func(_ *testing.T, url string) uploader {
		return clientV2{v2.NewClient(v2.LoadDefaultConfig().WithEndpoint(url).WithRegion(region).WithSignatureVersion(signature).
			WithCredentialsProvider(osscredentials.NewStaticCredentialsProvider(id, secret)).WithRetryer(retry.NopRetryer{}))}
	}
}

func (c clientV2) Put(ctx context.Context, data []byte) error {
	_, err := c.PutObject(ctx, &v2.PutObjectRequest{
		Bucket: v2.Ptr(bucket), Key: v2.Ptr(key), Body: bytes.NewReader(data), ContentType: v2.Ptr(contentType),
		Metadata: map[string]string{metaName: metaValue}, StorageClass: v2.StorageClassStandard,
	})
	return err
}

func (c clientV2) Begin(ctx context.Context) (string, error) {
	r, err := c.InitiateMultipartUpload(ctx, &v2.InitiateMultipartUploadRequest{
		Bucket: v2.Ptr(bucket), Key: v2.Ptr(key), ContentType: v2.Ptr(contentType),
		Metadata: map[string]string{metaName: metaValue}, StorageClass: v2.StorageClassStandard,
	})
	if err != nil {
		return "", err
	}
	return *r.UploadId, nil
}

func (c clientV2) SendPart(ctx context.Context, id string, number int, data []byte) (string, error) {
	r, err := c.UploadPart(ctx, &v2.UploadPartRequest{
		Bucket: v2.Ptr(bucket), Key: v2.Ptr(key), UploadId: &id, PartNumber: int32(number), Body: bytes.NewReader(data),
	})
	if err != nil {
		return "", err
	}
	return *r.ETag, nil
}

func (c clientV2) Parts(ctx context.Context, id string) error {
	_, err := c.ListParts(ctx, &v2.ListPartsRequest{Bucket: v2.Ptr(bucket), Key: v2.Ptr(key), UploadId: &id, MaxParts: 1000})
	return err
}

func (c clientV2) Complete(ctx context.Context, id string, etags []string) error {
	var list []v2.UploadPart
	for i, etag := range etags {
		list = append(list, v2.UploadPart{PartNumber: int32(i + 1), ETag: v2.Ptr(`"` + etag + `"`)})
	}
	_, err := c.CompleteMultipartUpload(ctx, &v2.CompleteMultipartUploadRequest{
		Bucket: v2.Ptr(bucket), Key: v2.Ptr(key), UploadId: &id, CompleteMultipartUpload: &v2.CompleteMultipartUpload{Parts: list},
	})
	return err
}

func (c clientV2) Abort(ctx context.Context, id string) error {
	_, err := c.AbortMultipartUpload(ctx, &v2.AbortMultipartUploadRequest{Bucket: v2.Ptr(bucket), Key: v2.Ptr(key), UploadId: &id})
	return err
}

func (c clientV2) Head(ctx context.Context) error {
	_, err := c.HeadObject(ctx, &v2.HeadObjectRequest{Bucket: v2.Ptr(bucket), Key: v2.Ptr(key)})
	return err
}

func (c clientV2) Uploads(ctx context.Context, prefix string) error {
	_, err := c.ListMultipartUploads(ctx, &v2.ListMultipartUploadsRequest{Bucket: v2.Ptr(bucket), Prefix: &prefix, MaxUploads: 1000})
	return err
}

// clientAWS is aws-sdk-go-v2/service/s3.
type clientAWS struct{ *s3.Client }

func awsV2(_ *testing.T, url string) uploader {
	return clientAWS{s3.New(s3.Options{
		BaseEndpoint: &url, Region: region, UsePathStyle: true, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(id, secret, ""),
	})}
}

func (c clientAWS) Put(ctx context.Context, data []byte) error {
	_, err := c.PutObject(ctx, &s3.PutObjectInput{
		Bucket: aws.String(bucket), Key: aws.String(key), Body: bytes.NewReader(data), ContentType: aws.String(contentType),
		Metadata: map[string]string{metaName: metaValue}, StorageClass: types.StorageClassStandard,
		ChecksumAlgorithm: types.ChecksumAlgorithmCrc64nvme,
	})
	return err
}

func (c clientAWS) Begin(ctx context.Context) (string, error) {
	r, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{
		Bucket: aws.String(bucket), Key: aws.String(key), ContentType: aws.String(contentType),
		Metadata: map[string]string{metaName: metaValue}, StorageClass: types.StorageClassStandard,
		ChecksumAlgorithm: types.ChecksumAlgorithmCrc64nvme, ChecksumType: types.ChecksumTypeFullObject,
	})
	if err != nil {
		return "", err
	}
	return *r.UploadId, nil
}

func (c clientAWS) SendPart(ctx context.Context, id string, number int, data []byte) (string, error) {
	r, err := c.UploadPart(ctx, &s3.UploadPartInput{
		Bucket: aws.String(bucket), Key: aws.String(key), UploadId: &id, PartNumber: aws.Int32(int32(number)),
		Body: bytes.NewReader(data), ChecksumAlgorithm: types.ChecksumAlgorithmCrc64nvme,
	})
	if err != nil {
		return "", err
	}
	return *r.ETag, nil
}

func (c clientAWS) Parts(ctx context.Context, id string) error {
	_, err := c.ListParts(ctx, &s3.ListPartsInput{Bucket: aws.String(bucket), Key: aws.String(key), UploadId: &id, MaxParts: aws.Int32(1000)})
	return err
}

func (c clientAWS) Complete(ctx context.Context, id string, etags []string) error {
	var list types.CompletedMultipartUpload
	for i, etag := range etags {
		list.Parts = append(list.Parts, types.CompletedPart{
			PartNumber: aws.Int32(int32(i + 1)), ETag: aws.String(`"` + etag + `"`), ChecksumCRC64NVME: aws.String(nvme(parts[i])),
		})
	}
	_, err := c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket: aws.String(bucket), Key: aws.String(key), UploadId: &id, MultipartUpload: &list,
		ChecksumCRC64NVME: aws.String(nvme(bytes.Join(parts, nil))), ChecksumType: types.ChecksumTypeFullObject,
	})
	return err
}

// nvme returns a CRC-64/NVME as S3 writes it.
func nvme(data []byte) string {
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint64(nil, crc64nvme.Checksum(data)))
}

func (c clientAWS) Abort(ctx context.Context, id string) error {
	_, err := c.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: aws.String(bucket), Key: aws.String(key), UploadId: &id})
	return err
}

func (c clientAWS) Head(ctx context.Context) error {
	_, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: aws.String(bucket), Key: aws.String(key), ChecksumMode: types.ChecksumModeEnabled})
	return err
}

func (c clientAWS) Uploads(ctx context.Context, prefix string) error {
	_, err := c.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: aws.String(bucket), Prefix: &prefix, MaxUploads: aws.Int32(1000)})
	return err
}
