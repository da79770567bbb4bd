package storage

import "strings"

// ListOptions says which keys a listing returns.
type ListOptions struct {
	Prefix    string // only keys that begin so
	Delimiter string // keys that have it behind the prefix are rolled up into one common prefix each; "" for none
	After     string // only keys, and common prefixes, that are greater
	Max       int    // keys and common prefixes together; 0 returns an empty page
}

// Page is one page of a listing, each of its lists in the order of the keys' bytes.
type Page struct {
	Objects   []Entry
	Prefixes  []string
	Truncated bool
	Next      string // if truncated: where the next page goes on, as ListOptions.After
}

// List returns one page of the bucket's objects.
func (b *Bucket) List(o ListOptions) Page {
	b.mu.RLock()
	defer b.mu.RUnlock()
	p := Page{}
	from := max(o.Prefix, o.start())
	for o.Max > 0 {
		e := b.index.seek(from)
		if e == nil || !strings.HasPrefix(e.Key, o.Prefix) {
			break
		}
		common, rolled := o.common(e.Key)
		if rolled && common <= o.After {
			from = successor(common)
			continue
		}
		if len(p.Objects)+len(p.Prefixes) == o.Max {
			p.Truncated = true
			break
		}
		from = p.add(e, common, rolled)
	}
	return p
}

// start returns the least key that may come after o.After.
func (o ListOptions) start() string {
	if o.After == "" {
		return ""
	}
	return o.After + "\x00"
}

// add adds an entry or the common prefix that it is rolled up into, and returns where to go on.
func (p *Page) add(e *entry, common string, rolled bool) (from string) {
	if rolled {
		p.Prefixes = append(p.Prefixes, common)
		p.Next = common
		return successor(common)
	}
	p.Objects = append(p.Objects, e.Entry)
	p.Next = e.Key
	return e.Key + "\x00"
}

// common returns the common prefix that key is rolled up into, if it is.
func (o ListOptions) common(key string) (string, bool) {
	if o.Delimiter == "" {
		return "", false
	}
	i := strings.Index(key[len(o.Prefix):], o.Delimiter)
	if i < 0 {
		return "", false
	}
	return key[:len(o.Prefix)+i+len(o.Delimiter)], true
}

// successor returns the least string that is greater than all that begin with prefix. Keys are UTF-8, so their
// last byte is never 0xFF and the next one always exists.
func successor(prefix string) string {
	b := []byte(prefix)
	b[len(b)-1]++
	return string(b)
}
