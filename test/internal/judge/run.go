package judge

import (
	"bytes"
	"context"
	"testing"
)

// Run makes the client do everything, each in a test of its own, under keys of its own.
func Run(t *testing.T, trial Trial) {
	for _, c := range []struct {
		name string
		test func(*testing.T, *court)
	}{
		{"Objects", testObjects},
		{"AwkwardKeys", testAwkwardKeys},
		{"Ranges", testRanges},
		{"WrongMD5", testWrongMD5},
		{"Copy", testCopy},
		{"DeleteMany", testDeleteMany},
		{"ListPages", testListPages},
		{"ListDelimiter", testListDelimiter},
		{"Multipart", testMultipart},
		{"ListUploads", testListUploads},
		{"Abort", testAbort},
		{"CompleteRefusals", testCompleteRefusals},
		{"Presigned", testPresigned},
		{"AccessRefusals", testAccessRefusals},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, newCourt(t, trial)) })
	}
}

// court is one test's view of the client.
type court struct {
	Client
	Trial
	ctx context.Context
	t   *testing.T
}

func newCourt(t *testing.T, trial Trial) *court {
	return &court{Client: trial.New(t, trial.Access), Trial: trial, ctx: t.Context(), t: t}
}

func (c *court) must(doing string, err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatalf("%s: %v", doing, err)
	}
}

// refused demands an error of the store with one of the codes.
func (c *court) refused(doing string, err error, codes ...string) {
	c.t.Helper()
	if err == nil {
		c.t.Errorf("%s: worked, want %v", doing, codes)
		return
	}
	got := c.Code(err)
	for _, code := range codes {
		if got == code {
			return
		}
	}
	c.t.Errorf("%s: code %q, want %v (%v)", doing, got, codes, err)
}

func (c *court) put(key string, data []byte) string {
	c.t.Helper()
	etag, err := c.Put(c.ctx, key, data, Properties{})
	c.must("put "+key, err)
	return etag
}

// holds demands that the store has exactly these bytes under a key.
func (c *court) holds(key string, data []byte) {
	c.t.Helper()
	got, err := c.Get(c.ctx, key, nil)
	c.must("get "+key, err)
	if !bytes.Equal(got, data) {
		c.t.Fatalf("get %s: %d other bytes, want %d", key, len(got), len(data))
	}
}
