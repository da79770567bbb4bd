package main

import (
	"fmt"
	"hash/fnv"
	"io"
	"path/filepath"
	"strings"

	"github.com/ingest-dev/ingest/manifests"
	"github.com/spf13/cobra"
)

type putCommand struct{ move }

func newPut() *cobra.Command {
	c := &putCommand{move{transfer: transfer{target: target{absent: makeAbsent}}}}
	cmd := &cobra.Command{
		Use:   "put FILE URL",
		Short: "Move one file",
		Long: `Put moves one file to the URL as run moves many: in parts, in parallel, proven
by checksum, resumable through a journal beside the file, whose name depends on
the URL. A URL that ends in a slash, or names a bucket alone, keeps the file's
own name.`,
		Example: `  ingest put disk.img oss://backup/2026/disk.img
  ingest put disk.img s3://backup/2026/ --part-size 64MiB --parallel 32`,
		Args: exactly("a file", "a URL"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd, args[0], args[1]) },
	}
	c.move.flags(cmd)
	return cmd
}

func (c *putCommand) run(cmd *cobra.Command, file, url string) error {
	var name string
	c.url, name = splitName(url, filepath.Base(file))
	c.suffix = putSuffix(c.url, name)
	return c.move.run(cmd, file, func(prefix string) (*manifests.Manifest, error) {
		defaults, err := c.properties.defaults()
		if err != nil {
			return nil, err
		}
		return manifests.SingleWith(file, prefix+name, defaults)
	})
}

// putSuffix ends the name of a put's journal. It depends on where the file goes, as one file may go to several places.
func putSuffix(folder, name string) string {
	h := fnv.New32a()
	_, _ = io.WriteString(h, strings.TrimSuffix(folder, "/")+"/"+name)
	return fmt.Sprintf(".%08x%s", h.Sum32(), journalSuffix)
}

// splitName parts a URL into the folder and the object's name in it, which by default is the file's.
func splitName(url, base string) (folder, name string) {
	scheme, rest, ok := strings.Cut(url, "://")
	cut := strings.LastIndexByte(rest, '/')
	if !ok || cut < 0 || cut == len(rest)-1 {
		return url, base
	}
	return scheme + "://" + rest[:cut+1], rest[cut+1:]
}
