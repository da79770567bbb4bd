package differential

import (
	"context"
	"os"
	"time"
)

var sources = []scenario{
	killedThen("the file is rewritten in place and its mtime put back; run again", scenario{between: func(c *cell) {
		c.rewrite(true)
		c.valid = c.valid[1:] // that of the first run is no more
	}}),
	{name: "the file is rewritten in place during the upload", size: long, rules: leisurely, want: []outcome{finished, failed},
		during: afterParts(4, func(_ context.Context, c *cell) { c.rewrite(false) })},
	{name: "the file is rewritten in place during the upload and its mtime put back", size: long, rules: leisurely,
		want: []outcome{finished, failed}, during: afterParts(4, func(_ context.Context, c *cell) { c.rewrite(true) })},
	{name: "the file is truncated during the upload", size: long, rules: leisurely, want: []outcome{finished, failed},
		during: afterParts(4, func(_ context.Context, c *cell) {
			c.valid = append(c.valid, c.valid[0][:long/2])
			if err := os.Truncate(c.file, long/2); err != nil {
				c.Error(err)
			}
		})},
	{name: "the file is empty", size: 0},
}

// rewrite gives the file its second version, of the same size.
func (c *cell) rewrite(quietly bool) {
	c.Helper()
	before, err := os.Stat(c.file)
	if err != nil {
		c.Error(err)
		return
	}
	c.valid = append(c.valid, content(c.scenario.size, 2))
	f, err := os.OpenFile(c.file, os.O_WRONLY, 0)
	if err != nil {
		c.Error(err)
		return
	}
	_, err = f.WriteAt(content(c.scenario.size, 2), 0)
	f.Close()
	mtime := time.Now()
	if quietly {
		mtime = before.ModTime()
	}
	if changed := os.Chtimes(c.file, mtime, mtime); err != nil || changed != nil {
		c.Error(err, changed)
	}
}
