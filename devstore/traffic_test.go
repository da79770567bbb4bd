package devstore

import (
	"bytes"
	"testing"
	"time"
)

// A tenth of a second's worth at the least rate there is.
const slowly = 819_200 / 8 / 10

func TestOSSTrafficLimitSlowsTheBody(t *testing.T) {
	c := ossClient(t)
	content := pattern(4 * slowly)
	timed := func(do func() answer) (answer, time.Duration) {
		begun := time.Now()
		return do().ok(200), time.Since(begun)
	}
	const limit = "x-oss-traffic-limit"
	_, took := timed(func() answer { return c.do("PUT", "/demo/k", content, limit, "819200") })
	if took < 350*time.Millisecond {
		t.Errorf("a PUT of 0.4 s took %v", took)
	}
	for name, do := range map[string]func() answer{
		"header": func() answer { return c.do("GET", "/demo/k", nil, limit, "819200") },
		"query":  func() answer { return c.do("GET", "/demo/k?"+limit+"=819200", nil) },
	} {
		got, took := timed(do)
		if took < 350*time.Millisecond || !bytes.Equal(got.body, content) {
			t.Errorf("%s: a GET of 0.4 s took %v for %d bytes", name, took, len(got.body))
		}
	}
	if _, took = timed(func() answer { return c.do("GET", "/demo/k", nil, limit, "838860800") }); took > 300*time.Millisecond {
		t.Errorf("a GET at 100 MB/s took %v", took)
	}
	for _, wrong := range []string{"819199", "838860801", "fast", "-1"} {
		c.do("PUT", "/demo/k", content, limit, wrong).code(400, "InvalidArgument")
	}
	c.do("GET", "/demo/k?"+limit+"=1", nil).code(400, "InvalidArgument")
}
