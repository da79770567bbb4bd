package manifests

import (
	"path/filepath"
	"strings"
)

// place says where the sources of a manifest start and what stands in front of its keys.
type place struct {
	root   string // absolute, clean
	base   string // root with a separator behind it
	prefix string // empty, or ends with a slash
}

func placeOf(root, prefix string) (place, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return place{}, err
	}
	base := root
	if !strings.HasSuffix(base, string(filepath.Separator)) {
		base += string(filepath.Separator)
	}
	return place{root: root, base: base, prefix: normalPrefix(prefix)}, nil
}

// normalPrefix makes a prefix end with a slash, unless it is empty.
func normalPrefix(prefix string) string {
	if prefix == "" || strings.HasSuffix(prefix, "/") {
		return prefix
	}
	return prefix + "/"
}

// resolve fills in the row's path and its final key. The key stays empty if there is none to be had.
func (p place) resolve(e *entry) {
	r := &e.row
	stated := r.Key
	if plain(r.Source) {
		r.Path = p.base + r.Source
		r.Key = r.Source
	} else {
		r.Path, r.Key = p.below(r.Source)
	}
	if stated != "" {
		r.Key = stated
	}
	if r.Key == "" {
		if r.Source != "" {
			e.fault(e.column[fieldSource], "source %s lies outside the root %q: state a key", clip(r.Source), p.root)
		}
		return
	}
	if p.prefix != "" {
		r.Key = p.prefix + r.Key
	}
}

// below returns the path of a source that is not plain, and its slash path below the root, empty outside of it.
func (p place) below(source string) (path, key string) {
	if source == "" {
		return "", ""
	}
	path = source
	if !filepath.IsAbs(source) {
		path = filepath.Join(p.root, source)
	}
	rel, err := filepath.Rel(p.root, path)
	if err != nil {
		return path, ""
	}
	rel = filepath.ToSlash(rel)
	if rel == "." || rel == ".." || strings.HasPrefix(rel, "../") {
		return path, ""
	}
	return path, rel
}

// plain reports whether a source is a relative path in its shortest form already, which is nearly all of them:
// no empty segment, no "." and no "..".
func plain(source string) bool {
	if filepath.Separator != '/' || source == "" {
		return false
	}
	for rest, more := source, true; more; {
		var segment string
		segment, rest, more = strings.Cut(rest, "/")
		if segment == "" || segment == "." || segment == ".." {
			return false
		}
	}
	return true
}
