package sendertest

import (
	"strings"

	"github.com/ingest-dev/ingest/sender"
)

var keys = map[string]func(*subject){
	"KeysAwkward":        (*subject).awkwardKeys,
	"KeysThatMayNotBe":   (*subject).oddKeys,
	"KeysOfUploads":      (*subject).uploadKeys,
	"KeysThatNoStoreHas": (*subject).badKeys,
}

// awkward are keys that every store takes, and that differ only in what a careless client mangles.
var awkward = []string{
	"a b", "a+b", "a%20b", "a%2Bb", "a%2Fb", "a/b",
	"x y/z", "tilde~", "equals=1", "amp&amp;", "hash#1", "comma,semi;", "at@", "(brackets)[1]{2}",
	"quote's", "dollar$", "percent%", "percent%zz", "bang!", "caret^", "back`tick",
	".hidden", "..two", "...", "dots..", "folder./x", "dash-", "_",
	"uploads", "acl&x=1", "ümlaut", "Ünïcödé/日本語", "日本 語+😀", "🦀", "e\u0301 decomposed", "\u00e9 composed",
	"%E6%97%A5", "C:disk"[1:],
	strings.Repeat("long", 50) + "/" + strings.Repeat("n", 200),
}

// odd are keys that some stores, or file systems, cannot have.
var odd = []string{
	"star*", "question?uploads", "less<more>", `double"quote`, "pipe|", "colon:", `back\slash`,
	"trailing.", "trailing ", " leading", "CON", "nul.txt", "a//b", "/leading", "trailing/", "./a", "../a", "a/../b", "a/./b", ".", "..",
	"line\nfeed", "tab\t", "return\r", "escape\x1b[31m", "bell\x07", "delete\x7f", "\u0085", "\u2028", "\ufeffbom",
	"new\x00ul", ".ingest", ".ingest/x",
}

func (s *subject) awkwardKeys() {
	s.putAll(append(awkward, s.longest()), true)
}

func (s *subject) oddKeys() {
	s.putAll(odd, false)
}

// longest returns a name that makes a key of 1,023 bytes, the limit of OSS, in segments that file systems take.
func (s *subject) longest() string {
	rest := 1023 - len(s.Prefix)
	return strings.Repeat("segment-of-twenty/..", rest)[:rest-1] + "z"
}

// putAll stores other bytes under each key that the store takes, and then expects all of them to be there: a store
// that confuses two keys has lost one.
func (s *subject) putAll(names []string, must bool) {
	var taken []string
	for i, name := range names {
		if err := s.Store.Check(s.object(name, 0)); err != nil {
			if must {
				s.Errorf("Check refuses %q: %v", name, err)
			}
			continue
		}
		s.put(name, s.payload(uint64(i), 100))
		taken = append(taken, name)
	}
	for i, name := range names {
		if len(taken) > 0 && taken[0] == name {
			s.wantObject(name, Bytes(uint64(i), 100))
			taken = taken[1:]
		}
	}
}

func (s *subject) uploadKeys() {
	for _, name := range []string{"a b+c%20d", "日本 語/😀", "x&uploads=1", "tilde~/(1)"} {
		u := s.begin(name, s.PartSize, 10)
		one, two := u.send(1, 0, s.PartSize), u.send(2, s.PartSize, 10)
		u.wantListed([]sender.StoredPart{one, two})
		u.wantComplete(one, two)
	}
}

func (s *subject) badKeys() {
	for what, key := range map[string]string{
		"the empty key":         "",
		"a key of 1,025 bytes":  strings.Repeat("k", 1025),
		"a key that isn't UTF8": "latin-1 \xfc",
	} {
		if s.Store.Check(&sender.Object{Key: key}) == nil {
			s.Errorf("Check accepts %s", what)
		}
	}
}
