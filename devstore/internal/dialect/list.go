package dialect

import (
	"encoding/base64"

	"github.com/ingest-dev/ingest/devstore/internal/storage"
	"github.com/ingest-dev/ingest/devstore/internal/wire"
)

// PageMost is how many entries a page has at most, whatever a client asks for.
const PageMost = 1000

// Listing is one page of a bucket's objects, and what was asked for. Next is "" if no page follows.
type Listing struct {
	storage.Page
	Prefix, Delimiter string
	Most              int // as the client asked; the page may have fewer at most
	Owners            bool
	Encoder           wire.Encoder
}

// List returns the page of keys greater than after that r asks for.
func (c *Common) List(r *wire.Request, after string) (Listing, error) {
	b, err := c.Bucket(r)
	if err != nil {
		return Listing{}, err
	}
	l := Listing{Prefix: r.Query.Get("prefix"), Delimiter: r.Query.Get("delimiter"), Owners: true}
	if l.Encoder, err = c.Encoder(r); err != nil {
		return l, err
	}
	if l.Most, err = c.Number(r, "max-keys", c.Pages.Usual, c.Pages.Least, c.Pages.Most); err != nil {
		return l, err
	}
	l.Page = b.List(storage.ListOptions{
		Prefix: l.Prefix, Delimiter: l.Delimiter, After: after, Max: min(l.Most, PageMost),
	})
	if !l.Truncated {
		l.Next = ""
	}
	return l, nil
}

// Owner returns the owner of each object, nil if it is not to be shown.
func (l *Listing) Owner() *Account {
	if !l.Owners {
		return nil
	}
	o := Owner()
	return &o
}

// ListingV2 is a Listing that goes on by tokens. NextToken is "" if no page follows.
type ListingV2 struct {
	Listing
	StartAfter, Token, NextToken string
}

// ListV2 returns the page that r asks for in version 2 of the operation.
func (c *Common) ListV2(r *wire.Request) (ListingV2, error) {
	if version := r.Query.Get("list-type"); version != "2" {
		return ListingV2{}, c.Refusals.Argument("list-type", version)
	}
	l := ListingV2{StartAfter: r.Query.Get("start-after"), Token: r.Query.Get("continuation-token")}
	after, err := base64.RawURLEncoding.DecodeString(l.Token)
	if err != nil {
		return l, c.Refusals.Argument("continuation-token", l.Token)
	}
	if l.Listing, err = c.List(r, max(l.StartAfter, string(after))); err != nil {
		return l, err
	}
	l.Owners = r.Query.Get("fetch-owner") == "true"
	l.NextToken = base64.RawURLEncoding.EncodeToString([]byte(l.Next))
	return l, nil
}

// Count returns how many keys and common prefixes the page has.
func (l *Listing) Count() int { return len(l.Objects) + len(l.Prefixes) }

// CommonPrefix is the XML of one.
type CommonPrefix struct{ Prefix string }

// CommonPrefixes returns the XML of the common prefixes of a page.
func CommonPrefixes(names []string, encoder wire.Encoder) []CommonPrefix {
	list := make([]CommonPrefix, len(names))
	for i, name := range names {
		list[i].Prefix = encoder.Name(name)
	}
	return list
}
