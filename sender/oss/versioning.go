package oss

import (
	"context"
	"encoding/xml"
	"net/http"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/internal/wire"
)

var _ sender.Conditional = (*Store)(nil)

// Replaces asks with GetBucketVersioning whether the bucket has, or had, versions: then OSS takes no notice of
// x-oss-forbid-overwrite (https://www.alibabacloud.com/help/en/oss/developer-reference/putobject).
func (s *Store) Replaces(ctx context.Context) (bool, error) {
	c := call{op: "get versioning", method: http.MethodGet, query: "versioning"}
	answer, err := s.do(ctx, &c)
	if err != nil {
		return false, err
	}
	var result struct {
		XMLName xml.Name `xml:"VersioningConfiguration"`
		Status  string   `xml:"Status"`
	}
	if err := wire.DecodeXML(answer.Body, &result); err != nil {
		return false, c.broken(answer, err)
	}
	return result.Status == "Enabled" || result.Status == "Suspended", nil
}
