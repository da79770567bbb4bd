package oss

import (
	"encoding/base64"
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/ingest-dev/ingest/devstore/internal/auth"
	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

const (
	prefix = "x-oss-"
	// owner stands wherever an owner is shown: there is one account.
	owner = "devstore"
)

// Dialect answers requests from a store. Its methods may be called concurrently.
type Dialect struct {
	store  *storage.Store
	region string // such as "cn-hangzhou"
	routes wire.Routes
}

// New returns the dialect over a store that says it is in that region.
func New(store *storage.Store, region string) *Dialect {
	d := &Dialect{store: store, region: region}
	d.routes = wire.Routes{List: d.operations(), Common: common}
	return d
}

// common reports whether a query parameter belongs to the signature, and so to no operation.
func common(name string) bool {
	switch name {
	case "OSSAccessKeyId", "Expires", "Signature", "security-token",
		"x-oss-signature-version", "x-oss-credential", "x-oss-date", "x-oss-expires", "x-oss-signature",
		"x-oss-additional-headers", "x-oss-security-token", "x-oss-traffic-limit", "x-oss-request-payer":
		return true
	}
	return false
}

// notDone are headers that ask for something the emulator does not do. To ignore one would be to do something else
// than what was asked.
var notDone = []string{
	"x-oss-callback", "x-oss-server-side-encryption", "x-oss-server-side-data-encryption",
	"x-oss-symlink-target",
}

// Serve answers a request that was let in.
func (d *Dialect) Serve(w http.ResponseWriter, r *wire.Request) {
	d.begin(w, r)
	r.Copying = r.Header.Get("x-oss-copy-source") != ""
	handle, err := d.routes.Find(r)
	if err == nil {
		err = checkHeaders(r)
	}
	if err == nil {
		err = handle(w, r)
	}
	if err != nil {
		d.Fail(w, r, err)
	}
}

func (d *Dialect) begin(w http.ResponseWriter, r *wire.Request) {
	w.Header().Set("Server", "AliyunOSS")
	w.Header().Set("x-oss-request-id", r.ID)
	w.Header().Set("x-oss-server-time", strconv.FormatInt(time.Since(r.Time).Milliseconds(), 10))
}

func checkHeaders(r *wire.Request) error {
	for _, name := range notDone {
		if r.Header.Get(name) != "" {
			return wire.NotImplemented("The header " + name)
		}
	}
	return nil
}

// failure is the XML of an error.
type failure struct {
	XMLName      xml.Name `xml:"Error"`
	Code         string
	Message      string
	RequestID    string `xml:"RequestId"`
	HostID       string `xml:"HostId"`
	Details      []wire.Text
	EC           string `xml:",omitempty"`
	RecommendDoc string `xml:",omitempty"`
}

// Refuse answers a request that was not let in.
func (d *Dialect) Refuse(w http.ResponseWriter, r *wire.Request, denied *auth.Denied) {
	d.Fail(w, r, denied)
}

// Fail answers with an error. To a HEAD, which has no body, its XML goes into a header.
func (d *Dialect) Fail(w http.ResponseWriter, r *wire.Request, err error) {
	d.begin(w, r)
	e := explain(err)
	if e.EC != "" {
		w.Header().Set("x-oss-ec", e.EC)
	}
	f := failure{
		Code: e.Code, Message: e.Message, RequestID: r.ID, HostID: r.Host, Details: wire.Texts(e.Details), EC: e.EC,
	}
	if e.EC != "" {
		f.RecommendDoc = "https://api.aliyun.com/troubleshoot?q=" + e.EC
	}
	if r.Method != http.MethodHead && e.Status != http.StatusNotModified {
		_ = wire.WriteXML(w, e.Status, f) // an error is always XML
		return
	}
	if body, err := wire.MarshalXML(f); err == nil {
		w.Header().Set("x-oss-err", base64.StdEncoding.EncodeToString(body))
	}
	w.WriteHeader(e.Status)
}

// bucket returns the bucket that r is for.
func (d *Dialect) bucket(r *wire.Request) (*storage.Bucket, error) {
	return d.bucketOf(r.Bucket)
}

func (d *Dialect) bucketOf(name string) (*storage.Bucket, error) {
	if !validBucket(name) {
		return nil, invalidBucketName.With("BucketName", name)
	}
	b, err := d.store.Bucket(name)
	if err != nil {
		return nil, noSuchBucket.With("BucketName", name)
	}
	return b, nil
}

// validBucket reports whether OSS lets a bucket be called so. S3 allows dots too.
func validBucket(name string) bool {
	return storage.ValidBucketName(name) && !strings.Contains(name, ".")
}

// location is the region as buckets state it.
func (d *Dialect) location() string { return "oss-" + d.region }

func quoted(etag string) string { return `"` + etag + `"` }
