package judge

import (
	"fmt"
	"slices"
	"testing"
)

func testListPages(t *testing.T, c *court) {
	var keys []string
	for i := range 25 {
		keys = append(keys, fmt.Sprintf("pages/%02d", i))
		c.put(keys[i], nil)
	}
	for version := 1; version <= 2; version++ {
		for _, page := range []int{1, 7, 25, 1000} {
			list, err := c.List(c.ctx, version, "pages/", "", page)
			c.must("list", err)
			if !slices.Equal(list.Keys, keys) {
				t.Errorf("version %d by %d: %q", version, page, list.Keys)
			}
			if want := (len(keys) + page - 1) / page; list.Pages != want {
				t.Errorf("version %d by %d: %d pages, want %d", version, page, list.Pages, want)
			}
		}
	}
	list, err := c.List(c.ctx, 2, "pages/none", "", 10)
	c.must("list nothing", err)
	if len(list.Keys) != 0 {
		t.Errorf("listed %q", list.Keys)
	}
}

func testListDelimiter(t *testing.T, c *court) {
	for _, k := range []string{"tree/a/1", "tree/a/2", "tree/a-b", "tree/b/1", "tree/b/c/2", "tree/z", "tree/目/1"} {
		c.put(k, nil)
	}
	for version := 1; version <= 2; version++ {
		for _, page := range []int{1, 2, 1000} {
			list, err := c.List(c.ctx, version, "tree/", "/", page)
			c.must("list", err)
			if !slices.Equal(list.Keys, []string{"tree/a-b", "tree/z"}) {
				t.Errorf("version %d by %d: keys %q", version, page, list.Keys)
			}
			if !slices.Equal(list.Prefixes, []string{"tree/a/", "tree/b/", "tree/目/"}) {
				t.Errorf("version %d by %d: prefixes %q", version, page, list.Prefixes)
			}
		}
	}
}
