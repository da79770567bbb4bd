package credentials

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/ingest-dev/ingest/sender"
)

// cli is the CLI's file with these profiles, the first of them current.
func cli(profiles ...string) string {
	name := strings.Split(profiles[0], `"`)[3]
	return fmt.Sprintf(`{"current":%q,"profiles":[%s],"meta_path":""}`, name, strings.Join(profiles, ","))
}

const (
	cliKeys = `{"name":"keys","mode":"AK","access_key_id":"` + keyID + `","access_key_secret":"` + secret + `","sts_token":"left"}`
	cliRole = `"ram_role_arn":"` + roleARN + `","ram_session_name":"night","expired_seconds":1800`
)

// services is a world with an STS, an instance's metadata, and a URI that answers.
func services(t *testing.T) (*world, *fakeSTS) {
	w := newWorld(t, map[string]string{})
	f := &fakeSTS{}
	f.start(w)
	m := &fakeMetadata{role: "instance"}
	m.start(w)
	uri := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"Code":"Success","AccessKeyId":"uri","AccessKeySecret":"canary","SecurityToken":"canary","Expiration":%q}`,
			time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	}))
	t.Cleanup(uri.Close)
	w.env["TEST_URI"] = uri.URL + "/secret-path?key=canary"
	t.Setenv("CREDENTIALS_TEST_PROCESS", `{"mode":"AK","access_key_id":"process","access_key_secret":"canary"}`)
	return w, f
}

func TestProfilesOfTheCLI(t *testing.T) {
	for name, c := range map[string]struct {
		text     string
		id, role string
		renews   bool
	}{
		"keys":   {cli(cliKeys), keyID, "", false},
		"guess":  {cli(`{"name":"x","access_key_id":"a","access_key_secret":"b","ram_role_arn":""}`), "a", "", false},
		"sts":    {cli(`{"name":"x","mode":"StsToken","access_key_id":"a","access_key_secret":"b","sts_token":"c"}`), "a", "", false},
		"role":   {cli(`{"name":"x","mode":"RamRoleArn","access_key_id":"` + keyID + `","access_key_secret":"` + secret + `",` + cliRole + `}`), "STS.1", roleARN + "/night", true},
		"chain":  {cli(`{"name":"x","mode":"ChainableRamRoleArn","source_profile":"keys",`+cliRole+`}`, cliKeys), "STS.1", roleARN + "/night", true},
		"ecs":    {cli(`{"name":"x","mode":"EcsRamRole"}`), "ECS.1", "instance", true},
		"oidc":   {cli(`{"name":"x","mode":"OIDC","oidc_provider_arn":"p","oidc_token_file":"TOKEN",` + cliRole + `}`), "STS.1", roleARN + "/night", true},
		"extern": {cli(`{"name":"x","mode":"External","process_command":"'SELF'"}`), "process", "", true},
		"uri":    {cli(`{"name":"x","mode":"CredentialsURI","credentials_uri":"URI"}`), "uri", "", true},
		"sso":    {cli(fmt.Sprintf(`{"name":"x","mode":"CloudSSO","access_key_id":"a","access_key_secret":"b","sts_token":"c","sts_expiration":%d}`, time.Now().Add(time.Hour).Unix())), "a", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			w, _ := services(t)
			text := strings.NewReplacer("SELF", strings.ReplaceAll(os.Args[0], `\`, `\\`), "URI\"}", w.env["TEST_URI"]+"\"}",
				"TOKEN", w.file("token", token)).Replace(c.text)
			w.file(".aliyun/config.json", text)
			got, i := w.get()
			if got.AccessKeyID != c.id || i.Role != c.role || i.Renews != c.renews || i.Source != "profile" || !strings.Contains(i.From, "config.json") {
				t.Errorf("got %v, %+v", got, i)
			}
		})
	}
}

func TestProfilesOfOssutil(t *testing.T) {
	keys := "access_key_id = " + keyID + "\naccessKeySecret=\"" + secret + "\"\n"
	for name, c := range map[string]struct {
		text, profile string
		id, role      string
	}{
		"v1":       {"[Credentials]\nlanguage=EN\nendpoint=oss.example\naccessKeyID=one\naccessKeySecret=s\n[Bucket-Endpoint]\nb=c\n", "", "one", ""},
		"v1 alias": {"[Credentials]\naccessid=one\naccesskey=s\n", "", "one", ""},
		"v1 sts":   {"[Credentials]\naccessKeyID=one\naccessKeySecret=s\nstsToken=t\n", "", "one", ""},
		"v1 ecs":   {"[Credentials]\nlanguage=EN\n[AkService]\necsAk=http://100.100.100.200/latest/meta-data/Ram/security-credentials/EcsRamRoleTesting\n", "", "ECS.1", "EcsRamRoleTesting"},
		"v1 role":  {"[Credentials]\nmode=RamRoleArn\n" + keys + "ramRoleArn=" + roleARN + "\nroleSessionName=night\ntokenTimeout=1800\n", "", "STS.1", roleARN + "/night"},
		"v2":       {"# a comment\r\n[default]\r\n" + keys + "region = cn-hangzhou\r\n", "", keyID, ""},
		"v2 named": {"[default]\naccesskeyid=x\naccess-key-secret=y\n[profile Dev]\nacc-ess-key-id=dev\naccess-key-secret=s\n", "dev", "dev", ""},
		"v2 role":  {"[default]\n" + keys + "mode = RamRoleArn\nrole-arn = " + roleARN + "\nrole_session_name=night\n", "", "STS.1", roleARN + "/night"},
		"v2 heir":  {"[default]\n" + keys + "[profile night]\nsource_profile=default\nmode=RamRoleArn\nroleArn=" + roleARN + "\n", "night", "STS.1", roleARN + "/ingest"},
		"v2 ecs":   {"[default]\nmode = Ali-EcsRamRole\necsRoleName = chosen\n", "", "ECS.1", "chosen"},
		"v2 oidc":  {"[default]\nmode = oidcRoleArn\nOIDCProviderArn=p\nOIDCTokenFilePath=TOKEN\nroleArn=" + roleARN + "\nroleSessionName= night\n", "", "STS.1", roleARN + "/night"},
		"v2 tool":  {"[default]\nmode = Process\ncredentialProcess = 'SELF'\n", "", "process", ""},
		"v2 uri":   {"[default]\nmode=CredentialsURI\ncredential-uri=URI\n", "", "uri", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w, _ := services(t)
			w.env["OSS_PROFILE"] = c.profile
			w.file(".ossutilconfig", strings.NewReplacer("=URI", "="+w.env["TEST_URI"], "SELF", os.Args[0], "TOKEN", w.file("token", token)).Replace(c.text))
			if got, i := w.get(); got.AccessKeyID != c.id || i.Role != c.role || i.Source != "profile" {
				t.Errorf("got %v, %+v", got, i)
			}
		})
	}
}

func TestMistakesInAProfileAreTold(t *testing.T) {
	const secretHalf = `"access_key_secret":"` + secret + `"`
	for text, want := range map[string]string{
		`{"canary`:   "not JSON",
		`["canary"]`: "not JSON",
		`{"current":"x","profiles":[{"name":"prod","mode":"AK"}]}`:                                                                           `"x", which it has not, but prod`,
		cli(`{"name":"x","mode":"AK",` + secretHalf + `}`):                                                                                   "its secret is set and the access key id is not",
		cli(`{"name":"x","mode":"AK","access_key_id":"a"}`):                                                                                  "the access key id is set and its secret is not",
		cli(`{"name":"x","mode":"StsToken","access_key_id":"a",` + secretHalf + `}`):                                                         "no token",
		cli(`{"name":"x","mode":"RamRoleArn","access_key_id":"a",` + secretHalf + `}`):                                                       "the role's ARN is missing",
		cli(`{"name":"x","mode":"ChainableRamRoleArn","source_profile":"x",` + cliRole + `}`):                                                "circle",
		cli(`{"name":"x","mode":"ChainableRamRoleArn","source_profile":"gone",` + cliRole + `}`):                                             `no profile "gone", but x`,
		cli(`{"name":"x","mode":"ChainableRamRoleArn",` + cliRole + `}`):                                                                     "no profile",
		cli(`{"name":"x","mode":"OIDC","oidc_token_file":"t",` + cliRole + `}`):                                                              "identity provider",
		cli(`{"name":"x","mode":"External","process_command":""}`):                                                                           "empty",
		cli(`{"name":"x","mode":"External","process_command":"a > canary"}`):                                                                 "without a shell",
		cli(`{"name":"x","mode":"CredentialsURI","credentials_uri":"canary"}`):                                                               "not a URL",
		cli(`{"name":"x","mode":"RsaKeyPair","private_key":"canary"}`):                                                                       `"rsakeypair" is not known`,
		cli(`{"name":"x","mode":"OAuth","oauth_refresh_token":"canary"}`):                                                                    "sign in",
		cli(`{"name":"x","mode":"RamRoleArn","access_key_id":"a",` + secretHalf + `,"ram_role_arn":"` + roleARN + `","expired_seconds":60}`): "60 seconds",
	} {
		w := newWorld(t, nil)
		path := w.file(".aliyun/config.json", text)
		wants(t, w.fails(), sender.StopRun, want, path)
	}
	for text, want := range map[string]string{
		"[default]\n" + secret + "\n":               "line 2",
		"[default]\naccessKeySecret=" + secret:      "access key id is not",
		"[default]\nmode=Anonymous\n":               `"anonymous" is not known`,
		"[default]\nmode=RamRoleArn\nroleArn=acs\n": "no access key",
	} {
		w := newWorld(t, nil)
		path := w.file(".ossutilconfig", text)
		wants(t, w.fails(), sender.StopRun, want, path)
	}
}

func TestFilesThatSayNothingAreNoMistake(t *testing.T) {
	for name, text := range map[string]string{
		".aliyun/config.json": `{"current":"default","profiles":[{"name":"default","mode":"AK","access_key_id":"","region_id":"cn-hangzhou"}]}`,
		".ossutilconfig":      "[default]\nregion=cn-hangzhou\n[profile dev]\naccessKeyID=a\naccessKeySecret=b\n",
	} {
		w := newWorld(t, map[string]string{envNoMetadata: "true"})
		w.file(name, text)
		wants(t, w.fails(), sender.StopRun, "no credentials for OSS")
	}
}

// TestChangedFileIsReadAgain has the owner put new keys into the file in the middle of a run.
func TestChangedFileIsReadAgain(t *testing.T) {
	w := newWorld(t, nil)
	w.file(".aliyun/config.json", cli(cliKeys))
	p := w.find()
	old, err := p.Credentials(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Refresh(t.Context(), old); err == nil || !strings.Contains(err.Error(), `profile "keys"`) {
		t.Fatalf("got %v", err)
	}
	w.file(".aliyun/config.json", strings.ReplaceAll(cli(cliKeys), keyID, "new"))
	p.refusals = nil // a minute passes
	if c, err := p.Refresh(t.Context(), old); err != nil || c.AccessKeyID != "new" {
		t.Fatalf("got %v, %v", c, err)
	}
	if c, err := p.Credentials(t.Context()); err != nil || c.AccessKeyID != "new" {
		t.Fatalf("got %v, %v", c, err)
	}
}

func TestFileThatOthersCanReadIsWarnedOf(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("it has other permissions")
	}
	for mode, want := range map[os.FileMode]string{0o600: "[]", 0o644: "read your access keys", 0o622: "change who you are"} {
		w := newWorld(t, nil)
		path := w.file(".ossutilconfig", "[default]\naccessKeyID=a\naccessKeySecret=canary\n")
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprint(w.find().Warnings())
		if !strings.Contains(got, want) || want != "[]" && !strings.Contains(got, path) {
			t.Errorf("%o: got %s", mode, got)
		}
	}
}

func TestPlainURIBeyondThisMachineIsWarnedOf(t *testing.T) {
	for uri, want := range map[string]int{"http://127.0.0.1:1": 0, "https://vault.example/c": 0, "http://vault.example/c": 1} {
		w := newWorld(t, map[string]string{envURI: uri})
		if got := w.find().Warnings(); len(got) != want {
			t.Errorf("%s: got %v", uri, got)
		}
	}
}

func TestURIThatRefusesIsNotRepeated(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		kind   sender.Kind
		want   string
	}{
		{403, "canary", sender.StopRun, "Forbidden"},
		{307, "", sender.StopRun, "Temporary Redirect"},
		{200, "canary", sender.TryAgain, "no credentials that can be read"},
		{200, `{"Code":"canary"}`, sender.StopRun, "not Success"},
		{200, `{"AccessKeyId":"a"}`, sender.StopRun, "empty"},
		{502, "canary", sender.TryAgain, "Bad Gateway"},
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/")
			w.WriteHeader(c.status)
			fmt.Fprint(w, c.body)
		}))
		w := newWorld(t, map[string]string{envURI: srv.URL + "/x?key=canary"})
		wants(t, w.fails(), c.kind, c.want, srv.URL)
		srv.Close()
	}
}
