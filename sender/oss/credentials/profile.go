package credentials

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ingest-dev/ingest/sender/oss"
)

// profile is what a profile of any file says, in the words of none.
type profile struct {
	mode   string // normalized
	builds string // on which profile

	id, secret, token string
	expires           int64 // of what the CLI keeps there for itself; Unix, s

	roleARN, sessionName, externalID, policy string
	duration                                 int // seconds; 0: the usual
	stsEndpoint, stsRegion                   string
	vpc                                      bool

	roleName               string // of the instance
	providerARN, tokenFile string
	command                string
	timeout                int // of the command, seconds
	uri                    string
}

// configured is a profile of a file. The file is read whenever it is asked, as its owner may have changed it.
type configured struct {
	chain *chain
	file  *file
	name  string
	about origin
}

var profileVariables = []string{"OSS_PROFILE", "OSSUTIL_PROFILE", "ALIBABA_CLOUD_PROFILE"}

// profile is the source of a profile that is named, or else of the first file with one that is configured.
func (c *chain) profile() (source, error) {
	cli, ossutil := c.cliFile(), c.ossutilFile()
	if name, variable := c.envOf(profileVariables...); name != "" {
		files := map[string][]*file{"OSS_PROFILE": {cli, ossutil}, "OSSUTIL_PROFILE": {ossutil}, "ALIBABA_CLOUD_PROFILE": {cli}}
		return c.named(name, variable, files[variable])
	}
	for _, f := range []*file{cli, ossutil} {
		if s, err := c.usual(f); s != nil || err != nil {
			return s, err
		}
	}
	return nil, nil
}

// named returns the source of a profile that a variable names, in the first file that has it.
func (c *chain) named(name, variable string, files []*file) (source, error) {
	var seen []string
	for _, f := range files {
		all, err := f.load()
		if err != nil {
			return nil, err
		}
		if all == nil {
			seen = append(seen, f.path+" is not there")
			continue
		}
		if key := all.key(name); all.has(key) {
			return c.use(f, key, all)
		}
		seen = append(seen, fmt.Sprintf("%s has %s", f.path, all.list()))
	}
	return nil, fmt.Errorf("%s names the profile %q, which is nowhere: %s", variable, name, strings.Join(seen, "; "))
}

// usual returns the source of the profile that a file uses by itself, nil if that is not configured.
func (c *chain) usual(f *file) (source, error) {
	if f.disabled {
		return nil, nil
	}
	all, err := f.load()
	if err != nil || all == nil {
		return nil, err
	}
	p, ok := all.byName[all.current]
	switch {
	case !ok && all.chosen:
		return nil, fmt.Errorf("the current profile of %s is %q, which it has not, but %s: name one with OSS_PROFILE", f.path, all.current, all.list())
	case !ok, p == profile{}, p == profile{mode: "ak"}:
		return nil, nil // as the tools leave it before anything is configured
	}
	return c.use(f, all.current, all)
}

// use returns the source of a profile that is there, once it is found to be right.
func (c *chain) use(f *file, name string, all *profiles) (source, error) {
	s := &configured{chain: c, file: f, name: name}
	where := fmt.Sprintf("profile %q of %s", name, f.path)
	inner, err := all.source(c, name, maxChain)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", where, err)
	}
	s.about = origin{"profile", where, inner.origin().renews}
	c.warnOfKeys(f.path)
	return s, nil
}

func (s *configured) origin() origin { return s.about }

func (s *configured) fetch(ctx context.Context) (session, error) {
	all, err := s.file.load()
	if err != nil {
		return session{}, err
	}
	if all == nil {
		return session{}, fmt.Errorf("%s is gone", s.file.path)
	}
	quiet := chain{Options: s.chain.Options} // what there is to warn of was told
	inner, err := all.source(&quiet, s.name, maxChain)
	if err != nil {
		return session{}, err
	}
	return inner.fetch(ctx)
}

// maxChain bounds how many profiles build on each other: they may do so in a circle.
const maxChain = 8

// source returns what a profile of these says.
func (all *profiles) source(c *chain, name string, depth int) (source, error) {
	p, ok := all.byName[name]
	if !ok {
		return nil, fmt.Errorf("there is no profile %q, but %s", name, all.list())
	}
	if depth == 0 {
		return nil, errors.New("its source profiles go round in a circle")
	}
	if p.mode == "" {
		p.mode = p.guess()
	}
	return p.source(c, all, depth)
}

// key is the name that a profile is kept under.
func (all *profiles) key(name string) string {
	if all.folded {
		return strings.ToLower(name)
	}
	return name
}

func (all *profiles) has(key string) bool {
	_, ok := all.byName[key]
	return ok
}

// list names the profiles, for a person.
func (all *profiles) list() string {
	return cmp.Or(strings.Join(slices.Sorted(maps.Keys(all.byName)), ", "), "none")
}

// guess returns the mode of a profile that states none, as the CLI does.
func (p *profile) guess() string {
	switch {
	case p.token != "":
		return "ststoken"
	case p.id != "" || p.secret != "":
		if p.roleARN != "" {
			return "ramrolearn"
		}
		return "ak"
	case p.providerARN != "" || p.tokenFile != "":
		return "oidc"
	case p.roleName != "":
		return "ecsramrole"
	case p.command != "":
		return "external"
	case p.uri != "":
		return "credentialsuri"
	}
	return "ak"
}

// source returns what a profile is, by its mode. ossutil has other names for some.
func (p profile) source(c *chain, all *profiles, depth int) (source, error) {
	switch p.mode {
	case "ak":
		p.token = "" // an older mode's may be left
		return p.keyPair()
	case "ststoken":
		return p.stsToken()
	case "cloudsso", "oauth":
		return p.signedIn()
	case "ramrolearn":
		base, err := p.keyPair()
		return p.assumedBy(c, base, err)
	case "chainableramrolearn":
		base, err := all.source(c, p.builds, depth-1)
		return p.assumedBy(c, base, err)
	case "ramrolearnwithrolename":
		base, err := c.metadataOf(p.roleName)
		return p.assumedBy(c, base, err)
	case "ecsramrole", "aliecsramrole":
		return c.metadataOf(p.roleName)
	case "oidc", "oidcrolearn":
		return c.federated(p)
	case "external", "process":
		return c.command(p.command, time.Duration(p.timeout)*time.Second)
	case "credentialsuri", "credentialuri", "uri":
		return c.remote(p.uri)
	}
	return nil, fmt.Errorf("the mode %q is not known here: want AK, StsToken, RamRoleArn, ChainableRamRoleArn, EcsRamRole, OIDC, External or CredentialsURI", p.mode)
}

func (p profile) keyPair() (source, error) {
	k := oss.Credentials{AccessKeyID: p.id, AccessKeySecret: p.secret, SecurityToken: p.token}
	if (k == oss.Credentials{}) {
		return nil, errors.New("it has no access key")
	}
	if err := halves(k, [3]string{"the access key id", "its secret", "the token"}); err != nil {
		return nil, err
	}
	return fixed{session: session{Credentials: k}}, nil
}

func (p profile) stsToken() (source, error) {
	if p.token == "" {
		return nil, errors.New("its mode is StsToken, and it has no token")
	}
	return p.keyPair()
}

// signedIn is a profile whose owner signs in with the CLI, which keeps the credentials in the file.
func (p profile) signedIn() (source, error) {
	if p.id == "" || p.secret == "" || p.token == "" || p.expires == 0 {
		return nil, errors.New("nobody is signed in: sign in with the aliyun command")
	}
	k := oss.Credentials{AccessKeyID: p.id, AccessKeySecret: p.secret, SecurityToken: p.token}
	return fixed{session: session{Credentials: k, expires: time.Unix(p.expires, 0)}}, nil
}

// assumedBy returns the source of the profile's role, if there is a base to assume it.
func (p profile) assumedBy(c *chain, base source, err error) (source, error) {
	if err != nil {
		return nil, err
	}
	return c.assuming(base, p)
}

// normalized is a name as it compares: ossutil writes roleArn, role-arn and role_arn, and all mean the same.
func normalized(name string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "", " ", "").Replace(name))
}
