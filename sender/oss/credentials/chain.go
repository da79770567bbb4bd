package credentials

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ingest-dev/ingest/sender/internal/wire"
)

// Options configure [Find]. The zero value is useful.
type Options struct {
	// Wire is how STS and a credentials URI are reached. The metadata service is always reached directly.
	Wire wire.Options

	getenv   func(string) string
	now      func() time.Time
	home     string
	sts      string // URL instead of any STS
	metadata string // URL of the metadata service
}

func (o Options) withDefaults() Options {
	if o.getenv == nil {
		o.getenv = os.Getenv
	}
	if o.now == nil {
		o.now = time.Now
	}
	if o.home == "" {
		o.home, _ = os.UserHomeDir() // without a home there are no files in it
	}
	if o.metadata == "" {
		o.metadata = metadataURL
	}
	return o
}

// Find returns a provider of the first source that is configured, as the package comment tables them. It reads
// variables and files, and asks nobody yet. An error says what to set.
func Find(o Options) (*Provider, error) {
	c := &chain{Options: o.withDefaults()}
	s, err := c.find()
	if err != nil {
		return nil, err
	}
	_, last := s.(metadata)
	return &Provider{source: s, warnings: c.warnings, now: c.now, implied: last}, nil
}

// chain looks for the source.
type chain struct {
	Options
	warnings []Warning
}

// find returns the first source that is meant, and warns of others.
func (c *chain) find() (found source, err error) {
	for _, step := range []struct {
		find func() (source, error)
		by   []string // the variables that say that this one is meant
	}{
		{c.environment, nil}, {c.oidc, nil}, {c.profile, profileVariables},
		{c.uri, []string{envURI}}, {c.process, []string{envProcess}}, {c.instance, nil},
	} {
		if found == nil {
			if found, err = step.find(); err != nil {
				return nil, err
			}
			continue
		}
		if _, name := c.envOf(step.by...); name != "" {
			c.warn(name, "it is not used, as "+found.origin().where+" comes first: unset one of them")
		}
	}
	if found == nil {
		return nil, errors.New(nothing)
	}
	return found, nil
}

// nothing is what to do where nothing is configured.
const nothing = "no credentials for OSS: set OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET, or configure a profile with `aliyun configure` or `ossutil config`"

// env returns a variable without the blanks around it, which a secret never has and a file that is sourced may.
func (c *chain) env(name string) string { return strings.TrimSpace(c.getenv(name)) }

// envOf returns the first of these variables that is set, and its name.
func (c *chain) envOf(names ...string) (value, name string) {
	for _, name := range names {
		if v := c.env(name); v != "" {
			return v, name
		}
	}
	return "", ""
}

// isTrue reports whether a variable switches something on.
func (c *chain) isTrue(name string) bool {
	v := strings.ToLower(c.env(name))
	return v == "true" || v == "1"
}

// inHome returns the path of a file in the user's home, "" if he has none.
func (c *chain) inHome(elements ...string) string {
	if c.home == "" {
		return ""
	}
	return filepath.Join(append([]string{c.home}, elements...)...)
}
