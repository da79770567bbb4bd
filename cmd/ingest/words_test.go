package main

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/ingest-dev/ingest/pipeline"
)

func TestNarrowTerminalKeepsTheBar(t *testing.T) {
	r := reading{Progress: pipeline.Progress{Rows: 15036, Done: 12345, Failed: 4, Bytes: 5 << 30}, rate: 80 << 20, left: 200 * time.Second}
	if all := r.right(100); all != " 12,349/15,036 rows 5.0 GiB 80 MiB/s 3m20s 4 failed" {
		t.Errorf("with room for all: %q", all)
	}
	for columns, want := range map[int]string{
		47: " 12,349/15,036 rows 80 MiB/s 3m20s 4 failed", 37: " 12,349/15,036 rows 80 MiB/s 4 failed",
		28: " 12,349/15,036 rows 4 failed", 23: " 4 failed", 0: " 4 failed",
	} {
		if got := r.right(columns); got != want {
			t.Errorf("%d columns: %q, want %q", columns, got, want)
		}
	}
	for columns := -5; columns < 40; columns++ {
		if got := shortened("a/long/key/with/ä/name.parquet", columns); utf8.RuneCountInString(got) > max(0, columns) {
			t.Errorf("%d columns: %q", columns, got)
		}
	}
}

func TestForeignTextIsQuoted(t *testing.T) {
	for text, want := range map[string]string{
		"a/b c.txt": "a/b c.txt", "ä/日本": "ä/日本", "a\tb": `"a\tb"`, "\x1b[2J": `"\x1b[2J"`, `"a"`: `"\"a\""`,
		"a\xff": `"a\xff"`, "\u202egpj": `"\u202egpj"`, "": "",
	} {
		if got := safe(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestHumanAge(t *testing.T) {
	now := time.Now()
	for age, want := range map[time.Duration]string{
		-time.Hour: "0s", 59 * time.Second: "59s", 61 * time.Minute: "1h01m", 47 * time.Hour: "1d23h", 800 * 24 * time.Hour: "800d00h",
	} {
		if got := humanAge(now.Add(-age), now); got != want {
			t.Errorf("%v: %s, want %s", age, got, want)
		}
	}
}

func TestPutJournalDependsOnTheDestination(t *testing.T) {
	one := putSuffix("oss://b/x/", "f")
	if one != putSuffix("oss://b/x", "f") || !strings.HasSuffix(one, ".journal") || len(one) != len(".01234567.journal") {
		t.Errorf("got %q", one)
	}
	for _, other := range [][2]string{{"oss://b/y/", "f"}, {"oss://b/x/", "g"}, {"s3://b/x/", "f"}} {
		if putSuffix(other[0], other[1]) == one {
			t.Errorf("%v has the same journal", other)
		}
	}
}

func TestPlainHTTPIsInTheOpen(t *testing.T) {
	for endpoint, want := range map[string]bool{
		"http://store.example": true, "http://10.0.0.5:9000": true, "http://[2001:db8::1]:80": true, "http://localhost.example": true,
		"https://store.example": false, "http://127.0.0.1:9090": false, "http://127.8.8.8": false, "http://[::1]:1": false,
		"http://localhost:1": false, "http://b.localhost": false, "": false,
	} {
		if got := inTheOpen(endpoint); got != want {
			t.Errorf("%s: %v", endpoint, got)
		}
	}
}

func TestStacksHaveNoArguments(t *testing.T) {
	dump := "goroutine 1 [select]:\n" +
		"net/http.(*persistConn).readLoop(0xc000123456, {0x63616e617279, 0x7})\n\t/src/net/http/transport.go:2325 +0xca5\n" +
		"main.f[...](...)\n\t/src/main.go:1\n" +
		"main.g({0x63616e61, 0x1}, 0x2)\n\t/src/main.go:2 +0x1\n" +
		"created by main.main.func1(...) in goroutine 7\n"
	want := "goroutine 1 [select]:\n" +
		"net/http.(*persistConn).readLoop\n\t/src/net/http/transport.go:2325 +0xca5\n" +
		"main.f[...]\n\t/src/main.go:1\n" +
		"main.g\n\t/src/main.go:2 +0x1\n" +
		"created by main.main.func1(...) in goroutine 7\n"
	if got := string(withoutArguments([]byte(dump))); got != want {
		t.Errorf("got\n%s", got)
	}
	if got := string(withoutArguments(stacks())); !strings.Contains(got, "TestStacksHaveNoArguments\n") || strings.Contains(got, "(0x") {
		t.Errorf("of this test:\n%s", got)
	}
}
