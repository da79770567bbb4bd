package oss

import (
	"encoding/base64"
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/ingest-dev/ingest/devstore/internal/callback"
	"github.com/ingest-dev/ingest/devstore/internal/dialect"
	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

const prefix = "x-oss-"

// Dialect answers requests from a store. Its methods may be called concurrently.
type Dialect struct {
	dialect.Common
	region string // such as "cn-hangzhou"
	caller *callback.Caller
}

// New returns the dialect over a store that says it is in that region, and has its callbacks made by caller.
func New(store *storage.Store, region string, caller *callback.Caller) *Dialect {
	d := &Dialect{
		Common: dialect.Common{Traits: traits("oss-" + region), Store: store}, region: region, caller: caller,
	}
	d.Routes = wire.Routes{List: d.operations(), Common: common}
	return d
}

func traits(location string) dialect.Traits {
	return dialect.Traits{
		Prefix: prefix, Region: location, Location: location, NotDone: notDone,
		Pages:    dialect.Pages{Usual: 100, Least: 1, Most: dialect.PageMost},
		Refusals: &refusals, ValidBucket: validBucket, CheckKey: checkKey, ETag: storage.ETag.OSS,
		Unlock: unlock, Outline: outline, Describe: describe,
	}
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

// notDone are headers that ask for something the emulator does not do.
var notDone = []string{
	callbackHeader, sseHeader, sseData, "x-oss-symlink-target",
}

// Serve answers a request that was let in.
func (d *Dialect) Serve(w http.ResponseWriter, r *wire.Request) {
	d.begin(w, r)
	w, err := limited(w, r)
	if err == nil {
		err = d.Dispatch(w, r)
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

// Fail answers with an error. To a HEAD, which has no body, its XML goes into a header.
func (d *Dialect) Fail(w http.ResponseWriter, r *wire.Request, err error) {
	d.begin(w, r)
	e := refusals.Explain(err)
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

// validBucket reports whether OSS lets a bucket be called so. S3 allows dots too.
func validBucket(name string) bool {
	return storage.ValidBucketName(name) && !strings.Contains(name, ".")
}

func quoted(etag string) string { return `"` + etag + `"` }
