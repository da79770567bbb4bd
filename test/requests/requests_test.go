package requests

import (
	"maps"
	"net/http/httptest"
	"path"
	"slices"
	"testing"

	"github.com/ingest-dev/ingest/devstore"
)

const (
	bucket = "trial"
	region = "cn-hangzhou"
	id     = "trial-id"
	secret = "trial-secret"
)

// listed is a difference that is meant: the chapters it is in, by pattern, the field, and why.
type listed struct {
	chapter, field, why string
}

func TestRequestsDifferFromTheVendorsWithoutAReason(t *testing.T) {
	for _, pair := range []struct {
		name         string
		theirs, ours func(t *testing.T, url string) uploader
		list         []listed
	}{
		{"OSS Go SDK v2, signature V4", ossV2("v4"), ourOSS(false), slices.Concat(withOSSv2, withOSSv2V4)},
		{"OSS Go SDK v2, signature V1", ossV2("v1"), ourOSS(true), withOSSv2},
		{"OSS Go SDK v1, signature V4", ossV1("v4"), ourOSS(false), slices.Concat(withOSSv1, withOSSv1Paths, withOSSv1V4)},
		{"OSS Go SDK v1, signature V1", ossV1("v1"), ourOSS(true), slices.Concat(withOSSv1, withOSSv1Paths)},
		{"AWS SDK for Go v2", awsV2, ourS3, withAWS},
	} {
		t.Run(pair.name, func(t *testing.T) {
			r, url := startRecorder(t)
			theirs := told(t, r, pair.theirs(t, url))
			compare(t, theirs, told(t, r, pair.ours(t, url)), pair.list)
		})
	}
}

func startRecorder(t *testing.T) (*recorder, string) {
	t.Helper()
	store, err := devstore.New(devstore.Options{
		Dir: t.TempDir(), Buckets: []string{bucket}, AccessKeyID: id, AccessKeySecret: secret, Region: region, NoSync: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	r := &recorder{Handler: store}
	server := httptest.NewServer(r)
	t.Cleanup(func() {
		server.Close()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return r, server.URL
}

// compare holds every difference against the list, and the list against them.
func compare(t *testing.T, theirs, ours map[string]record, list []listed) {
	t.Helper()
	met := make([]bool, len(list))
	for _, c := range story {
		found := differences(theirs[c.name], ours[c.name])
		for _, field := range slices.Sorted(maps.Keys(found)) {
			if !explained(c.name, field, list, met) {
				t.Errorf("%s: %s: %s", c.name, field, found[field])
			}
		}
	}
	for i, l := range list {
		if !met[i] {
			t.Errorf("%s: %s does not differ, though the list says so: %s", l.chapter, l.field, l.why)
		}
	}
}

func explained(chapter, field string, list []listed, met []bool) (ok bool) {
	for i, l := range list {
		if matches(l.chapter, chapter) && matches(l.field, field) {
			met[i], ok = true, true
		}
	}
	return ok
}

// matches knows no slashes: neither chapters nor fields have any.
func matches(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}
