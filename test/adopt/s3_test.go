package adopt

import (
	"bytes"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// On S3 an upload may have been begun with a checksum of its own, or with none.
func TestUploadIsFoundOnS3(t *testing.T) {
	const partSize = 5 << 20 // the least of S3
	for name, c := range map[string]struct {
		algorithm types.ChecksumAlgorithm
		sent      []int
		open      int
	}{
		"no checksum": {"", []int{3}, 0},
		"CRC-64":      {"CRC64NVME", []int{3}, 0},
		"SHA-256":     {"SHA256", []int{1, 2}, 1}, // which we do not have: the upload takes no part of ours
		"CRC-32":      {"CRC32", []int{1, 2}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			algorithm := c.algorithm
			s := newStand(t)
			data := bytes.Repeat(s.data(), 20)
			s.write(data)
			client := s3.New(s3.Options{
				BaseEndpoint: &s.url, Region: region, UsePathStyle: true, Credentials: credentials.NewStaticCredentialsProvider(id, secret, ""),
				RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
			})
			u, err := client.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: aws.String(bucket), Key: aws.String(key), ChecksumAlgorithm: algorithm})
			if err != nil {
				t.Fatal(err)
			}
			for n := range int32(2) {
				_, err := client.UploadPart(t.Context(), &s3.UploadPartInput{
					Bucket: aws.String(bucket), Key: aws.String(key), UploadId: u.UploadId, PartNumber: aws.Int32(n + 1), ChecksumAlgorithm: algorithm,
					Body: bytes.NewReader(data[n*partSize : (n+1)*partSize]),
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			s.taken()
			said := s.ingest(0, "put", s.file, "s3://"+bucket+"/"+key, "--adopt-uploads", "--region", region, "--endpoint", s.url, "--part-size", "6MiB")
			if got := s.taken(); !slices.Equal(got, c.sent) {
				t.Errorf("it has sent the parts %v\n%s", got, said)
			}
			s.arrived()
			s.open(c.open)
		})
	}
}
