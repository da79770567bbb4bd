package credentials

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// file is a file of profiles.
type file struct {
	path     string
	variable string // that named it; empty: it is where it always is, and may be absent
	disabled bool   // it is not looked at unless a profile of it is named
	parse    func(text []byte) (*profiles, error)
}

// profiles is what a file holds.
type profiles struct {
	current string // the one that is used by itself
	chosen  bool   // the file says so
	folded  bool   // names are in lower case, as their case is of no account
	byName  map[string]profile
}

// cliFile is that of Alibaba Cloud CLI.
func (c *chain) cliFile() *file {
	return c.file("ALIBABA_CLOUD_CONFIG_FILE", parseCLI, c.isTrue("ALIBABA_CLOUD_CLI_PROFILE_DISABLED"), ".aliyun", "config.json")
}

// ossutilFile is that of ossutil 1 and 2.
func (c *chain) ossutilFile() *file {
	return c.file("OSSUTIL_CONFIG_FILE", parseOssutil, false, ".ossutilconfig")
}

func (c *chain) file(variable string, parse func([]byte) (*profiles, error), disabled bool, usual ...string) *file {
	if path := c.env(variable); path != "" {
		return &file{path, variable, disabled, parse}
	}
	return &file{c.inHome(usual...), "", disabled, parse}
}

// load reads the file. It returns nil if there is none where one need not be.
func (f *file) load() (*profiles, error) {
	if f.path == "" {
		return nil, nil
	}
	text, err := readFile(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && f.variable != "":
		return nil, fmt.Errorf("%s names the file %s, which is not there", f.variable, f.path)
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read the credentials file: %w", err)
	}
	all, err := f.parse(text)
	if err != nil {
		return nil, fmt.Errorf("read the credentials file %s: %w", f.path, err)
	}
	return all, nil
}

// parseCLI reads the JSON of Alibaba Cloud CLI.
func parseCLI(text []byte) (*profiles, error) {
	var j struct {
		Current  string       `json:"current"`
		Profiles []cliProfile `json:"profiles"`
	}
	if !decode(text, &j) {
		return nil, errNoJSON
	}
	all := &profiles{first(j.Current, "default"), j.Current != "", false, make(map[string]profile, len(j.Profiles))}
	for _, p := range j.Profiles {
		all.byName[p.Name] = p.profile()
	}
	return all, nil
}

// cliProfile is a profile in the CLI's words, as far as it is about credentials.
type cliProfile struct {
	Name        string `json:"name"`
	Mode        string `json:"mode"`
	Source      string `json:"source_profile"`
	ID          string `json:"access_key_id"`
	Secret      string `json:"access_key_secret"`
	Token       string `json:"sts_token"`
	Expires     int64  `json:"sts_expiration"`
	RoleARN     string `json:"ram_role_arn"`
	SessionName string `json:"ram_session_name"`
	ExternalID  string `json:"external_id"`
	Policy      string `json:"policy"`
	Duration    int    `json:"expired_seconds"`
	STSEndpoint string `json:"sts_endpoint"`
	STSRegion   string `json:"sts_region"`
	VPC         bool   `json:"enable_vpc"`
	RoleName    string `json:"ram_role_name"`
	ProviderARN string `json:"oidc_provider_arn"`
	TokenFile   string `json:"oidc_token_file"`
	Command     string `json:"process_command"`
	URI         string `json:"credentials_uri"`
}

func (p *cliProfile) profile() profile {
	return profile{
		mode: normalized(p.Mode), builds: p.Source, id: p.ID, secret: p.Secret, token: p.Token, expires: p.Expires,
		roleARN: p.RoleARN, sessionName: p.SessionName, externalID: p.ExternalID, policy: p.Policy, duration: p.Duration,
		stsEndpoint: p.STSEndpoint, stsRegion: p.STSRegion, vpc: p.VPC, roleName: p.RoleName,
		providerARN: p.ProviderARN, tokenFile: p.TokenFile, command: p.Command, uri: p.URI,
	}
}

// parseOssutil reads the INI of ossutil: [default] and [profile NAME] of version 2, or [Credentials] of version 1.
func parseOssutil(text []byte) (*profiles, error) {
	sections, err := parseINI(string(text))
	if err != nil {
		return nil, err
	}
	all := &profiles{"default", false, true, map[string]profile{}}
	for name := range sections {
		if p, ok := profileName(name); ok {
			all.byName[p] = ossutilProfile(inherited(sections, name, maxChain))
		}
	}
	if old, ok := sections["credentials"]; ok && !all.configured("default") {
		if old["accesskeyid"] == "" && old["mode"] == "" && sections["akservice"]["ecsak"] != "" {
			old["mode"] = "EcsRamRole" // as ossutil 1 had it first; the URL says no more than the role's name
			old["ecsrolename"] = lastOf(sections["akservice"]["ecsak"])
		}
		all.byName["default"] = ossutilProfile(old)
	}
	return all, nil
}

func (all *profiles) configured(name string) bool { return all.byName[name] != profile{} }

// profileName is the profile that a section is of.
func profileName(section string) (string, bool) {
	if section == "default" {
		return section, true
	}
	name, ok := strings.CutPrefix(section, "profile ")
	return strings.TrimSpace(name), ok
}

// inherited is a section with what it takes over from its source profile.
func inherited(sections map[string]map[string]string, name string, depth int) map[string]string {
	all := map[string]string{}
	if source := strings.ToLower(sections[name]["sourceprofile"]); source != "" && depth > 0 {
		if _, ok := sections[source]; !ok {
			source = "profile " + source
		}
		for k, v := range inherited(sections, source, depth-1) {
			all[k] = v
		}
	}
	for k, v := range sections[name] {
		all[k] = v
	}
	return all
}

// ossutilProfile is a section in ossutil's words, under their normalized names.
func ossutilProfile(s map[string]string) profile {
	number := func(name string) int { n, _ := strconv.Atoi(s[name]); return n }
	return profile{
		mode: normalized(s["mode"]),
		id:   first(s["accesskeyid"], s["accessid"]), secret: first(s["accesskeysecret"], s["accesskey"]), token: s["ststoken"],
		roleARN: first(s["rolearn"], s["ramrolearn"]), sessionName: s["rolesessionname"], externalID: s["externalid"],
		policy: s["policy"], duration: number("tokentimeout"), stsRegion: s["stsregion"], roleName: s["ecsrolename"],
		providerARN: s["oidcproviderarn"], tokenFile: s["oidctokenfilepath"],
		command: s["credentialprocess"], timeout: number("credentialprocesstimeout"),
		uri: first(s["credentialuri"], s["credentialsuri"]),
	}
}

// lastOf is the last element of a path.
func lastOf(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// parseINI returns the keys of each section, normalized; sections are in lower case. A line that is none of INI's is
// told by its number alone.
func parseINI(text string) (map[string]map[string]string, error) {
	sections := map[string]map[string]string{}
	section := ""
	for i, line := range strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		if line[0] == '[' && line[len(line)-1] == ']' {
			section = strings.ToLower(strings.Join(strings.Fields(line[1:len(line)-1]), " "))
		} else if key, value, ok := strings.Cut(line, "="); ok {
			set(sections, section, normalized(key), unquoted(strings.TrimSpace(value)))
		} else {
			return nil, fmt.Errorf("line %d is neither a [section] nor key = value", i+1)
		}
	}
	return sections, nil
}

func set(sections map[string]map[string]string, section, key, value string) {
	if sections[section] == nil {
		sections[section] = map[string]string{}
	}
	sections[section][key] = value
}

func unquoted(s string) string {
	if n := len(s); n >= 2 && (s[0] == '"' || s[0] == '\'') && s[n-1] == s[0] {
		return s[1 : n-1]
	}
	return s
}
