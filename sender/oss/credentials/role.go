package credentials

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// The life of a session, in seconds: what is asked for by default, and the least that STS gives.
const (
	usualDuration = 3600
	leastDuration = 900
)

// assumed is a role that the credentials of another source may assume.
type assumed struct {
	base source
	role profile
	sts  *sts
}

// assuming returns the source of a profile's role, assumed by base.
func (c *chain) assuming(base source, p profile) (source, error) {
	s, err := c.stsOf(&p)
	if err != nil {
		return nil, err
	}
	return assumed{base, p, s}, nil
}

func (a assumed) origin() origin {
	return origin{source: a.base.origin().source, where: a.base.origin().where, renews: true}
}

func (a assumed) fetch(ctx context.Context) (session, error) {
	base, err := a.base.fetch(ctx)
	if err != nil {
		return session{}, err
	}
	if base.AccessKeyID == "" || base.AccessKeySecret == "" {
		return session{}, errEmpty
	}
	return a.sts.assume(ctx, base.Credentials, a.role.roleParameters("AssumeRole"))
}

// oidcRole is a role that is assumed with a token of an identity provider.
type oidcRole struct {
	role profile
	sts  *sts
}

// federated returns the source of a role that is assumed with the token in a file.
func (c *chain) federated(p profile) (source, error) {
	for _, f := range []struct{ name, value string }{
		{"the ARN of the identity provider", p.providerARN}, {"the token's file", p.tokenFile},
	} {
		if f.value == "" {
			return nil, fmt.Errorf("%s is missing", f.name)
		}
	}
	s, err := c.stsOf(&p)
	if err != nil {
		return nil, err
	}
	return oidcRole{p, s}, nil
}

func (r oidcRole) origin() origin {
	return origin{source: "oidc", where: r.role.tokenFile, renews: true}
}

// fetch reads the token anew: it is rotated below the pod's feet.
func (r oidcRole) fetch(ctx context.Context) (session, error) {
	token, err := readFile(r.role.tokenFile)
	if err != nil {
		return session{}, fmt.Errorf("read the OIDC token: %w", err)
	}
	text := strings.TrimSpace(string(token))
	if text == "" {
		return session{}, fmt.Errorf("the OIDC token in %s is empty", r.role.tokenFile)
	}
	return r.sts.assumeWithOIDC(ctx, text, append(r.role.roleParameters("AssumeRoleWithOIDC"),
		parameter{"OIDCProviderArn", r.role.providerARN}, parameter{"OIDCToken", text}))
}

// roleParameters are what both ways to assume a role have in common.
func (p *profile) roleParameters(action string) []parameter {
	all := []parameter{
		{"Action", action}, {"RoleArn", p.roleARN}, {"RoleSessionName", first(p.sessionName, "ingest")},
		{"DurationSeconds", strconv.Itoa(p.duration)},
	}
	for _, optional := range []parameter{{"Policy", p.policy}, {"ExternalId", p.externalID}} {
		if optional.value != "" && (action == "AssumeRole" || optional.name == "Policy") {
			all = append(all, optional)
		}
	}
	return all
}

// checkRole holds what is asked for against STS's rules, and fills in the usual duration.
func (p *profile) checkRole() error {
	if p.duration == 0 {
		p.duration = usualDuration
	}
	switch {
	case p.roleARN == "":
		return errors.New("the role's ARN is missing")
	case !strings.HasPrefix(p.roleARN, "acs:ram::") || !printable(p.roleARN):
		return fmt.Errorf("%q is no role's ARN: want acs:ram::ACCOUNT:role/NAME", p.roleARN)
	case p.duration < leastDuration:
		return fmt.Errorf("a session of %d seconds is too short: STS gives at least %d", p.duration, leastDuration)
	}
	return nil
}

// printable reports whether s is ASCII without blanks.
func printable(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}
