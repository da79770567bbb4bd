package storage

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// filled returns a bucket in memory alone.
func filled(keys []string) *Bucket {
	b := &Bucket{}
	for _, k := range keys {
		b.index.set(&entry{Entry: Entry{Key: k}})
	}
	return b
}

var alphabet = []string{"", "a", "b", "/", "//", "é", "日", "\x00", "~", "\U0010FFFF"}

func drawKey(t *rapid.T, name string) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(alphabet), 0, 6).Draw(t, name), "")
}

// drawName draws what may be above, below and within the keys.
func drawName(t *rapid.T, name string) string {
	return rapid.SampledFrom([]string{"", "k", "l"}).Draw(t, name+" begins") + drawKey(t, name)
}

// plain is a listing as one would write it who has all day.
func plain(keys []string, o ListOptions) []string {
	keys = slices.Clone(keys)
	slices.Sort(keys)
	var names []string
	for _, k := range slices.Compact(keys) {
		if !strings.HasPrefix(k, o.Prefix) {
			continue
		}
		if i := strings.Index(k[len(o.Prefix):], o.Delimiter); o.Delimiter != "" && i >= 0 {
			k = k[:len(o.Prefix)+i+len(o.Delimiter)]
		}
		if k > o.After && !slices.Contains(names, k) {
			names = append(names, k)
		}
	}
	return names
}

func TestPagesTogetherAreTheListing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string { return "k" + drawKey(t, "key") }), 0, 40).Draw(t, "keys")
		o := ListOptions{
			Prefix: drawName(t, "prefix"), After: drawName(t, "after"), Max: rapid.IntRange(1, 5).Draw(t, "max"),
			Delimiter: rapid.SampledFrom([]string{"", "/", "a", "//"}).Draw(t, "delimiter"),
		}
		want := plain(keys, o)
		b := filled(keys)
		var got []string
		for {
			p := b.List(o)
			got = append(got, names(p)...)
			if len(p.Objects)+len(p.Prefixes) > o.Max {
				t.Fatalf("page of %d", len(p.Objects)+len(p.Prefixes))
			}
			if !p.Truncated {
				break
			}
			o.After = p.Next
		}
		if !slices.Equal(got, want) {
			t.Fatalf("listed %q, want %q", got, want)
		}
	})
}

func names(p Page) []string {
	list := slices.Clone(p.Prefixes)
	for _, o := range p.Objects {
		list = append(list, o.Key)
	}
	slices.Sort(list)
	return list
}

func TestIndexIsASortedSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var x index
		model := map[string]bool{}
		for range rapid.IntRange(0, 3*blockKeys).Draw(t, "steps") {
			key := string(rune('a' + rapid.IntRange(0, 5*blockKeys).Draw(t, "key")))
			if rapid.IntRange(0, 3).Draw(t, "remove") == 0 {
				x.remove(key)
				delete(model, key)
				continue
			}
			x.set(&entry{Entry: Entry{Key: key}})
			model[key] = true
		}
		last, n := "", 0
		for e := x.seek(""); e != nil; e = x.seek(e.Key + "\x00") {
			if e.Key <= last || !model[e.Key] || x.get(e.Key) != e {
				t.Fatalf("%q after %q", e.Key, last)
			}
			last, n = e.Key, n+1
		}
		if n != len(model) || x.size != n {
			t.Fatalf("%d keys, %d counted, want %d", n, x.size, len(model))
		}
	})
}
