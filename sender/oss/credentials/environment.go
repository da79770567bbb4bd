package credentials

import (
	"fmt"

	"github.com/ingest-dev/ingest/sender/oss"
)

const (
	envRole      = "ALIBABA_CLOUD_ROLE_ARN"
	envProvider  = "ALIBABA_CLOUD_OIDC_PROVIDER_ARN"
	envTokenFile = "ALIBABA_CLOUD_OIDC_TOKEN_FILE"
	envSession   = "ALIBABA_CLOUD_ROLE_SESSION_NAME"
	envExternal  = "ALIBABA_CLOUD_EXTERNAL_ID"
)

// environment is the source of keys in variables, and of a role that they may assume.
func (c *chain) environment() (source, error) {
	keys, err := c.keys()
	if err != nil || keys == nil {
		return nil, err
	}
	role, name := c.envOf("OSS_ROLE_ARN", envRole)
	if role == "" || keys.SecurityToken != "" || c.env(envTokenFile) != "" {
		return *keys, nil
	}
	s, err := c.assuming(*keys, profile{
		roleARN: role, externalID: c.env(envExternal),
		sessionName: first(c.env("OSS_ROLE_SESSION_NAME"), c.env(envSession)),
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return moved{s, "environment", keys.from.where + ", assuming the role in " + name}, nil
}

// keys returns the key pair in the variables, nil if there is none.
func (c *chain) keys() (*fixed, error) {
	for _, names := range [][3]string{
		{"OSS_ACCESS_KEY_ID", "OSS_ACCESS_KEY_SECRET", "OSS_SESSION_TOKEN"},
		{"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"},
	} {
		k := oss.Credentials{
			AccessKeyID: c.env(names[0]), AccessKeySecret: c.env(names[1]), SecurityToken: c.env(names[2]),
		}
		if (k == oss.Credentials{}) {
			continue
		}
		if err := halves(k, names); err != nil {
			return nil, err
		}
		where := names[0] + " and " + names[1]
		if k.SecurityToken != "" {
			where = names[0] + ", " + names[1] + " and " + names[2]
		}
		return &fixed{session{Credentials: k}, origin{source: "environment", where: where}}, nil
	}
	return nil, nil
}

// halves refuses a key pair of which a part is missing, under these names.
func halves(k oss.Credentials, names [3]string) error {
	set, missing := names[0], names[1]
	switch {
	case k.AccessKeyID != "" && k.AccessKeySecret != "":
		return nil
	case k.AccessKeyID == "" && k.AccessKeySecret != "":
		set, missing = names[1], names[0]
	case k.AccessKeyID == "":
		set, missing = names[2], names[0]
	}
	return fmt.Errorf("%s is set and %s is not", set, missing)
}

// oidc is the source of a pod's role.
func (c *chain) oidc() (source, error) {
	p := profile{roleARN: c.env(envRole), providerARN: c.env(envProvider), tokenFile: c.env(envTokenFile), sessionName: c.env(envSession)}
	switch {
	case p.providerARN == "" && p.tokenFile == "":
		return nil, c.lonelyRole()
	case p.roleARN == "" || p.providerARN == "" || p.tokenFile == "":
		return nil, fmt.Errorf("some of %s, %s and %s are set and some are not: they belong together", envRole, envProvider, envTokenFile)
	}
	s, err := c.federated(p)
	if err != nil {
		return nil, err
	}
	return moved{s, "oidc", fmt.Sprintf("%s (%s)", envTokenFile, p.tokenFile)}, nil
}

// lonelyRole refuses a role that nobody can assume. To go on without it would be to go on as somebody else.
func (c *chain) lonelyRole() error {
	_, name := c.envOf("OSS_ROLE_ARN", envRole)
	if name == "" {
		return nil
	}
	return fmt.Errorf("%s is set and nothing to assume the role with: set an access key too, or %s and %s, or unset it", name, envProvider, envTokenFile)
}

// first returns the first value that is not empty.
func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
