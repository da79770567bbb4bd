package storage

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// UploadListOptions says which open uploads a listing returns.
type UploadListOptions struct {
	Prefix, Delimiter string // as in ListOptions
	KeyMarker         string // only uploads of a greater key
	IDMarker          string // and, if this is not "", those of the same key with a greater id
	Max               int
}

// UploadPage is one page of the open uploads, by key and then by id.
type UploadPage struct {
	Uploads   []*Upload
	Prefixes  []string
	Truncated bool
	NextKey   string // if truncated: the markers of the next page
	NextID    string
}

// Uploads returns one page of the open uploads.
func (b *Bucket) Uploads(o UploadListOptions) UploadPage {
	keys := ListOptions{Prefix: o.Prefix, Delimiter: o.Delimiter}
	p := UploadPage{}
	for _, u := range b.openUploads() {
		common, rolled := "", false
		if !strings.HasPrefix(u.Key, o.Prefix) || o.before(u) {
			continue
		}
		if common, rolled = keys.common(u.Key); rolled && (common <= o.KeyMarker || p.has(common)) {
			continue
		}
		if len(p.Uploads)+len(p.Prefixes) >= o.Max {
			p.Truncated = o.Max > 0
			break
		}
		p.add(u, common, rolled)
	}
	return p
}

// openUploads returns all open uploads, by key and then by id.
func (b *Bucket) openUploads() []*Upload {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return slices.SortedFunc(maps.Values(b.uploads), func(a, b *Upload) int {
		return cmp.Or(strings.Compare(a.Key, b.Key), strings.Compare(a.ID, b.ID))
	})
}

// before reports whether u is not behind the markers.
func (o UploadListOptions) before(u *Upload) bool {
	if u.Key == o.KeyMarker && o.IDMarker != "" {
		return u.ID <= o.IDMarker
	}
	return o.KeyMarker != "" && u.Key <= o.KeyMarker
}

func (p *UploadPage) has(common string) bool {
	return len(p.Prefixes) > 0 && p.Prefixes[len(p.Prefixes)-1] == common
}

func (p *UploadPage) add(u *Upload, common string, rolled bool) {
	if rolled {
		p.Prefixes = append(p.Prefixes, common)
		p.NextKey, p.NextID = common, ""
		return
	}
	p.Uploads = append(p.Uploads, u)
	p.NextKey, p.NextID = u.Key, u.ID
}
