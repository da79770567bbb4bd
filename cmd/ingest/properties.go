package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ingest-dev/ingest/manifests"
	"github.com/ingest-dev/ingest/pipeline"
	"github.com/ingest-dev/ingest/sender"
	"github.com/spf13/cobra"
)

// properties are what flags say of every object whose row does not say it itself.
type properties struct {
	row      manifests.Row
	metadata pairs
	tags     pairs
	expires  moment
	until    moment
	guess    string
	callback callback
}

func (p *properties) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&p.row.ContentType, "content-type", "", "content `TYPE` of objects whose row states none; this flag and those like it are defaults of the rows")
	f.StringVar(&p.guess, "guess-content-type", pipeline.GuessName.String(), "where nobody states a type: by name, by name or else content, or none")
	f.StringVar(&p.row.CacheControl, "cache-control", "", "Cache-Control `VALUE`, such as max-age=86400")
	f.StringVar(&p.row.ContentDisposition, "content-disposition", "", "Content-Disposition `VALUE`, such as attachment")
	f.StringVar(&p.row.ContentEncoding, "content-encoding", "", "Content-Encoding `VALUE`, such as gzip")
	f.StringVar(&p.row.ContentLanguage, "content-language", "", "Content-Language `VALUE`, such as de")
	f.Var(&p.expires, "expires", "until when caches may keep objects, such as 2026-12-31T23:59:59Z")
	f.Var(&p.metadata, "metadata", "user metadata; may be repeated")
	f.Var(&p.tags, "tag", "object tag; may be repeated")
	f.StringVar(&p.row.StorageClass, "storage-class", "", "the store's `WORD`, such as IA")
	f.StringVar(&p.row.ACL, "acl", "", "the store's `WORD`, such as private")
	f.StringVar(&p.row.Encryption, "encryption", "", "how the store encrypts: `WORD` AES256, KMS or SM4 for oss://; AES256, aws:kms or aws:kms:dsse for s3://")
	f.StringVar(&p.row.EncryptionKey, "encryption-key", "", "`ID` of the store's key for that; never a key itself")
	f.StringVar(&p.row.LockMode, "lock-mode", "", "lock objects of s3://: `MODE` GOVERNANCE or COMPLIANCE, with --lock-until")
	f.Var(&p.until, "lock-until", "until when they are locked, such as 2031-01-01T00:00:00Z")
	f.BoolVar(&p.row.LegalHold, "legal-hold", false, "keep objects of s3:// until the hold is taken off")
	p.callback.flags(cmd)
}

// defaults returns what the flags say of all objects, as a manifest takes it.
func (p *properties) defaults() (*manifests.Row, error) {
	row := p.row
	row.Metadata, row.Tags = p.metadata.values, p.tags.values
	row.Expires, row.LockUntil = p.expires.Time, p.until.Time
	return &row, p.callback.give(&row)
}

// guessing returns how content types are guessed. Commands that send nothing have no such flag, and guess none.
func (p *properties) guessing() (pipeline.Guess, error) {
	if p.guess == "" {
		return pipeline.GuessNone, nil
	}
	g, err := pipeline.ParseGuess(p.guess)
	if err != nil {
		return g, usagef("--guess-content-type: %w", err)
	}
	return g, nil
}

// checkProperties refuses at once, and once, what the store would refuse of every row.
func (t *transfer) checkProperties(s sender.Rules) error {
	row, err := t.properties.defaults()
	if err != nil {
		return err
	}
	row.Key = "k"
	o := pipeline.ObjectOf(row)
	leaveHalves(o)
	if err := s.Check(o); err != nil {
		return usagef("what flags say of all objects: %w", err)
	}
	return nil
}

// leaveHalves takes out of the defaults what needs a second property, which the rows may state.
func leaveHalves(o *sender.Object) {
	if o.Encryption == "" {
		o.EncryptionKey = ""
	}
	if o.LockMode == "" || o.LockUntil.IsZero() {
		o.LockMode, o.LockUntil = "", time.Time{}
	}
}

// pairs is a flag of NAME=VALUE that may be repeated. In a variable, each line is one.
type pairs struct{ values map[string]string }

func (p *pairs) String() string {
	var texts []string
	for _, name := range slices.Sorted(maps.Keys(p.values)) {
		texts = append(texts, name+"="+p.values[name])
	}
	return strings.Join(texts, ", ")
}

func (p *pairs) Set(text string) error {
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimRight(line, "\r\n"), "=")
		if !ok || name == "" {
			return fmt.Errorf("%q is not NAME=VALUE", line)
		}
		if _, twice := p.values[name]; twice {
			return fmt.Errorf("%q is there twice", name)
		}
		if p.values == nil {
			p.values = map[string]string{}
		}
		p.values[name] = value
	}
	return nil
}

func (p *pairs) Type() string { return "NAME=VALUE" }

// moment is a flag's point in time. Zero means "not given".
type moment struct{ time.Time }

func (m *moment) String() string {
	if m.IsZero() {
		return ""
	}
	return m.Format(time.RFC3339)
}

func (m *moment) Set(text string) (err error) {
	m.Time, err = manifests.ParseTime(text)
	return err
}

func (m *moment) Type() string { return "TIME" }
