package s3

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"math"
	"net/http"
	"strings"

	"github.com/ingest-dev/ingest/devstore/internal/dialect"
	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

const (
	prefix    = "x-amz-"
	namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
	// usualRegion is the region that S3 states by saying nothing.
	usualRegion = "us-east-1"
	// requester is who pays for a request that says so.
	requester = "requester"
)

// Dialect answers requests from a store. Its methods may be called concurrently.
type Dialect struct{ dialect.Common }

// New returns the dialect over a store that says it is in that region.
func New(store *storage.Store, region string) *Dialect {
	d := &Dialect{dialect.Common{Traits: traits(region), Store: store}}
	d.Routes = wire.Routes{List: d.operations(), Common: common}
	return d
}

func traits(region string) dialect.Traits {
	return dialect.Traits{
		Prefix: prefix, Namespace: namespace, Region: region, Location: location(region), NotDone: notDone,
		Pages:     dialect.Pages{Usual: dialect.PageMost, Least: 0, Most: math.MaxInt32},
		KeepSlash: true,
		Refusals:  &refusals, ValidBucket: storage.ValidBucketName, CheckKey: checkKey, ETag: storage.ETag.S3,
		Unlock: unlock, Outline: outline, Describe: describe,
	}
}

// common reports whether a query parameter belongs to the signature, or is a header that was presigned into the
// query, or only names the operation, as x-id does.
func common(name string) bool {
	return strings.HasPrefix(strings.ToLower(name), prefix) || name == "x-id"
}

// notDone are headers that ask for something the emulator does not do.
var notDone = []string{
	sse, prefix + ssecAlgorithm, source + ssecAlgorithm, lockMode, lockUntil, lockHold,
	"x-amz-grant-full-control", "x-amz-grant-read", "x-amz-grant-read-acp", "x-amz-grant-write", "x-amz-grant-write-acp",
	"x-amz-bucket-object-lock-enabled", "x-amz-website-redirect-location", "x-amz-write-offset-bytes",
}

// Serve answers a request that was let in.
func (d *Dialect) Serve(w http.ResponseWriter, r *wire.Request) {
	begin(w, r)
	hoist(r)
	if r.Header.Get("x-amz-request-payer") == requester {
		w.Header().Set("x-amz-request-charged", requester)
	}
	if err := d.Dispatch(w, r); err != nil {
		d.Fail(w, r, err)
	}
}

// hoist makes headers of what presigning put into the query.
func hoist(r *wire.Request) {
	for name, values := range r.Query {
		if strings.HasPrefix(strings.ToLower(name), prefix) && r.Header.Get(name) == "" {
			r.Header.Set(name, values[0])
		}
	}
}

func begin(w http.ResponseWriter, r *wire.Request) {
	w.Header().Set("Server", "AmazonS3")
	w.Header().Set("x-amz-request-id", r.ID)
	w.Header().Set("x-amz-id-2", hostID(r))
}

// hostID is the second, longer id of a request.
func hostID(r *wire.Request) string {
	sum := sha256.Sum256([]byte(r.ID))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// failure is the XML of an error.
type failure struct {
	XMLName   xml.Name `xml:"Error"`
	Code      string
	Message   string
	Details   []wire.Text
	Resource  string
	RequestID string `xml:"RequestId"`
	HostID    string `xml:"HostId"`
}

// Fail answers with an error. A HEAD gets its status alone.
func (d *Dialect) Fail(w http.ResponseWriter, r *wire.Request, err error) {
	begin(w, r)
	e := refusals.Explain(err)
	if r.Method == http.MethodHead || e.Status == http.StatusNotModified {
		w.WriteHeader(e.Status)
		return
	}
	_ = wire.WriteXML(w, e.Status, failure{ // an error is always XML
		Code: e.Code, Message: e.Message, Details: wire.Texts(e.Details),
		Resource: r.URL.Path, RequestID: r.ID, HostID: hostID(r),
	})
}

// location is the region as buckets state it.
func location(region string) string {
	if region == usualRegion {
		return ""
	}
	return region
}

func quoted(etag string) string { return `"` + etag + `"` }

func root(name string) xml.Name { return xml.Name{Space: namespace, Local: name} }
