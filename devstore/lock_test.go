package devstore

import (
	"net/http"
	"testing"
	"time"
)

func TestS3LockedObjectStays(t *testing.T) {
	o := options(t)
	now := time.Now().UTC().Truncate(time.Second)
	clock := now
	o.now = func() time.Time { return clock }
	_, h := start(t, o)
	defer http.DefaultClient.CloseIdleConnections()
	c := client{t: t, base: h.URL, sign: signS3}
	const mode, until, hold = "x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date", "x-amz-object-lock-legal-hold"
	end := now.Add(10 * time.Minute).Format(time.RFC3339)
	c.do("PUT", "/demo/kept", []byte("old"), mode, "COMPLIANCE", until, end).ok(200)
	c.do("HEAD", "/demo/kept", nil).ok(200).has(mode, "COMPLIANCE").has(until, now.Add(10*time.Minute).Format("2006-01-02T15:04:05.000Z")).has(hold, "OFF")
	id := initiate(c, "held", hold, "ON")
	complete(c, "held", id, listed("1", part(c, "held", id, 1, []byte("old")))).ok(200)
	c.do("GET", "/demo/held", nil).ok(200).has(hold, "ON").has(mode, "")
	stays := func(key string) {
		c.do("PUT", "/demo/"+key, []byte("new")).code(403, "AccessDenied")
		c.do("DELETE", "/demo/"+key, nil).code(403, "AccessDenied")
		client{t: t, base: h.URL, sign: signOSS}.do("DELETE", "/demo/"+key, nil).code(409, "FileImmutable")
		if a := c.do("GET", "/demo/"+key, nil).ok(200); string(a.body) != "old" {
			t.Errorf("%s became %q", key, a.body)
		}
	}
	stays("kept")
	stays("held")
	clock = now.Add(11 * time.Minute)
	c.do("DELETE", "/demo/kept", nil).ok(204)
	stays("held")
}

func TestS3LockThatIsNoneIsRefused(t *testing.T) {
	c := s3Client(t)
	const mode, until, hold = "x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date", "x-amz-object-lock-legal-hold"
	future, past := time.Now().Add(time.Hour).UTC().Format(time.RFC3339), time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)
	for _, wrong := range [][]string{
		{mode, "GOVERNANCE"}, {until, future}, {mode, "FOREVER", until, future}, {mode, "GOVERNANCE", until, past},
		{mode, "GOVERNANCE", until, "tomorrow"}, {hold, "YES"},
	} {
		c.do("PUT", "/demo/k", nil, wrong...).code(400, "InvalidArgument")
	}
	c.do("PUT", "/demo/k", nil, hold, "OFF").ok(200)
	c.do("DELETE", "/demo/k", nil).ok(204)
}

func TestS3WhoPaysIsAnswered(t *testing.T) {
	c := s3Client(t)
	c.do("PUT", "/demo/k", nil, "x-amz-request-payer", "requester").ok(200).has("x-amz-request-charged", "requester")
	c.do("GET", "/demo/k", nil).ok(200).has("x-amz-request-charged", "")
}
