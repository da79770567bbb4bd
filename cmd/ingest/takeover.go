package main

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/ingest-dev/ingest/checkpoints"
	"github.com/ingest-dev/ingest/pipeline"
)

// takeover is an upload to be finished: what its checkpoint says, and what that leaves open.
type takeover struct {
	*checkpoints.Checkpoint
	path string // of the checkpoint
	file string // to send
	url  string // to send it to
}

// find reads the checkpoints that are named, and those in folders that are. What is named has to be one. In a folder
// other files may lie, and one that is spoilt does not keep the others from being adopted: those are in wrong.
func (c *adoptCommand) find(args []string, log *logger) (list []*takeover, wrong []error, err error) {
	urls := map[string]string{}
	add := func(t *takeover) error {
		if other, twice := urls[t.url]; twice {
			return usagef("%s and %s are both of %s: which of them?", other, t.path, t.url)
		}
		urls[t.url] = t.path
		list = append(list, t)
		return nil
	}
	for _, arg := range args {
		paths, isFolder, err := checkpointsIn(arg)
		if err != nil {
			return nil, nil, err
		}
		for _, path := range paths {
			t, err := c.understand(path)
			if err == nil {
				err = add(t)
			}
			switch {
			case err == nil:
			case !isFolder:
				return nil, nil, err
			case errors.Is(err, checkpoints.ErrUnknown), errors.Is(err, checkpoints.ErrNotUpload):
				log.Debug().Err(err).Msg("passed over")
			default:
				wrong = append(wrong, &exit{exitFailed, err})
			}
		}
	}
	if len(list) == 0 && len(wrong) == 0 {
		return nil, nil, usagef("no checkpoint of an upload in %s", strings.Join(args, ", "))
	}
	return list, wrong, nil
}

// checkpointsIn are the files in a folder, not those further down, or the one file that is named.
func checkpointsIn(path string) (files []string, isFolder bool, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, false, usage(err)
	}
	if !info.IsDir() {
		return []string{path}, false, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, false, usage(err)
	}
	for _, e := range entries {
		if e.Type().IsRegular() {
			files = append(files, filepath.Join(path, e.Name()))
		}
	}
	return files, true, nil
}

// understand reads a checkpoint and finds out which file goes where.
func (c *adoptCommand) understand(path string) (*takeover, error) {
	if !ownFile(path) {
		return nil, usagef("%s: it belongs to another user, who would choose which of your files is sent: copy it if you trust it", path)
	}
	cp, err := checkpoints.Read(path)
	if err != nil {
		return nil, usagef("%s: %w", path, err)
	}
	t := &takeover{Checkpoint: cp, path: path}
	if t.file, err = c.source(t); err != nil {
		return nil, err
	}
	bucket, key, err := c.object(t)
	if err != nil {
		return nil, err
	}
	if cp.Contradicts(path, bucket, key) {
		return nil, usagef("%s: its name says that it is not of oss://%s/%s: another bucket, or another key?", path, bucket, key)
	}
	t.url = "oss://" + bucket + "/" + key
	return t, nil
}

// source is the file to send.
func (c *adoptCommand) source(t *takeover) (string, error) {
	file := c.file
	if file == "" && t.Source != "" {
		file = t.Source
		if !filepath.IsAbs(file) {
			file = filepath.Join(c.root, file)
		}
	}
	if file == "" {
		return "", usagef("%s: it does not name the local file, as those of %s do not: give --file FILE", t.path, t.Tool)
	}
	if _, err := os.Stat(file); err != nil {
		return "", usagef("%s: the local file that it is of: %w; if it was moved, give --file FILE", t.path, err)
	}
	return file, nil
}

// object is where the file goes: what the checkpoint says, and what --to adds. The two may not differ.
func (c *adoptCommand) object(t *takeover) (bucket, key string, err error) {
	if bucket, key, err = c.wanted(); err != nil {
		return "", "", err
	}
	if bucket != "" && t.Bucket != "" && bucket != t.Bucket {
		return "", "", usagef("%s: it is of an upload to oss://%s/%s, not to the bucket %q of --to", t.path, t.Bucket, t.Key, bucket)
	}
	if bucket = cmp.Or(bucket, t.Bucket); bucket == "" {
		return "", "", usagef("%s: it does not name the bucket, as those of %s do not: give --to oss://bucket", t.path, t.Tool)
	}
	if t.Key != "" && key != "" && key != t.Key && !strings.HasPrefix(t.Key, strings.TrimSuffix(key, "/")+"/") {
		return "", "", usagef("%s: it is of an upload to the key %q, which is not what --to says", t.path, t.Key)
	}
	key = cmp.Or(t.Key, key)
	switch {
	case key == "":
		return "", "", usagef("%s: it does not name the key, as those of %s do not: give --to oss://bucket/key", t.path, t.Tool)
	case strings.HasSuffix(key, "/"):
		return "", "", usagef("%s: the key %q ends in a slash, which names a folder: it cannot be adopted", t.path, key)
	}
	return bucket, key, nil
}

// wanted is what --to says. The keys of checkpoints are those of OSS.
func (c *adoptCommand) wanted() (bucket, key string, err error) {
	if c.url == "" {
		return "", "", nil
	}
	rest, ok := strings.CutPrefix(c.url, "oss://")
	bucket, key, _ = strings.Cut(rest, "/")
	if !ok || bucket == "" {
		return "", "", usagef("--to %s: checkpoints are of uploads to OSS: want oss://bucket or oss://bucket/key", c.url)
	}
	return bucket, key, c.checkTarget()
}

// adopting is which uploads of others a run carries on. Those that it searches for have parts of any size, of which as
// many as are in flight have to fit into memory.
func (t *transfer) adopting() pipeline.Adopt {
	a := t.adopt
	if m := memoryLimit(); a.Search && m.bytes != unlimited {
		a.MaxPart = max(t.size(), (m.bytes/10*9-atRest)/int64(t.parts()))
	}
	return a
}
