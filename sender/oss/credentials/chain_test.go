package credentials

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/oss"
)

func TestTheFirstSourceThatIsMeantIsTaken(t *testing.T) {
	cli := `{"current":"default","profiles":[{"name":"default","mode":"AK","access_key_id":"cli","access_key_secret":"canary"}]}`
	ini := "[default]\naccessKeyID = ini\naccessKeySecret = canary\n"
	oss1 := map[string]string{"OSS_ACCESS_KEY_ID": "oss", "OSS_ACCESS_KEY_SECRET": "canary"}
	ali := map[string]string{"ALIBABA_CLOUD_ACCESS_KEY_ID": "ali", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "canary"}
	for _, c := range []struct {
		env         []map[string]string
		files       bool
		id, source  string
		from, warns string
	}{
		{[]map[string]string{oss1, ali}, true, "oss", "environment", "OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET", ""},
		{[]map[string]string{ali}, true, "ali", "environment", "ALIBABA_CLOUD_ACCESS_KEY_ID", ""},
		{nil, true, "cli", "profile", "config.json", ""},
		{[]map[string]string{{"OSSUTIL_PROFILE": "default"}}, true, "ini", "profile", ".ossutilconfig", ""},
		{[]map[string]string{{"ALIBABA_CLOUD_CLI_PROFILE_DISABLED": "true"}}, true, "ini", "profile", ".ossutilconfig", ""},
		{[]map[string]string{ali, {"OSS_PROFILE": "prod"}}, true, "ali", "environment", "ALIBABA_CLOUD_ACCESS_KEY_ID", "OSS_PROFILE"},
		{[]map[string]string{{envURI: "http://localhost:1"}}, true, "cli", "profile", "config.json", envURI},
		{[]map[string]string{{envProcess: "tool"}}, true, "cli", "profile", "config.json", envProcess},
	} {
		w := newWorld(t, nil)
		for _, env := range c.env {
			for k, v := range env {
				w.env[k] = v
			}
		}
		if c.files {
			w.file(".aliyun/config.json", cli)
			w.file(".ossutilconfig", ini)
		}
		got, i := w.get()
		if got.AccessKeyID != c.id || i.Source != c.source || !strings.Contains(i.From, c.from) || i.Temporary || i.Renews {
			t.Errorf("%v: got %v, %+v", c.env, got, i)
		}
		if told := fmt.Sprint(w.find().Warnings()); strings.Contains(told, "not used") != (c.warns != "") || !strings.Contains(told, c.warns) {
			t.Errorf("%v: got the warnings %s", c.env, told)
		}
	}
}

func TestMistakesSayWhatToSetAndNeverFallThrough(t *testing.T) {
	instead := map[string]string{".aliyun/config.json": `{"current":"default","profiles":[{"name":"default","mode":"AK","access_key_id":"other","access_key_secret":"canary"}]}`}
	for _, c := range []struct {
		env   map[string]string
		files map[string]string
		want  []string
	}{
		{map[string]string{"OSS_ACCESS_KEY_ID": "a"}, instead, []string{"OSS_ACCESS_KEY_ID is set and OSS_ACCESS_KEY_SECRET is not"}},
		{map[string]string{"OSS_ACCESS_KEY_SECRET": secret}, instead, []string{"OSS_ACCESS_KEY_ID is not"}},
		{map[string]string{"OSS_SESSION_TOKEN": token}, instead, []string{"OSS_SESSION_TOKEN is set and OSS_ACCESS_KEY_ID is not"}},
		{map[string]string{"ALIBABA_CLOUD_ACCESS_KEY_ID": "a"}, instead, []string{"ALIBABA_CLOUD_ACCESS_KEY_SECRET is not"}},
		{map[string]string{envRole: roleARN}, instead, []string{envRole, "unset"}},
		{map[string]string{"OSS_ROLE_ARN": roleARN}, instead, []string{"OSS_ROLE_ARN", "unset"}},
		{map[string]string{envRole: roleARN, envTokenFile: "t"}, instead, []string{envProvider, "belong together"}},
		{map[string]string{envProvider: "p", envTokenFile: "t"}, instead, []string{envRole, "belong together"}},
		{map[string]string{"OSS_ACCESS_KEY_ID": "a", "OSS_ACCESS_KEY_SECRET": secret, envRole: "loader"}, nil, []string{envRole, "acs:ram::ACCOUNT:role/NAME"}},
		{map[string]string{"OSS_PROFILE": "prod"}, instead, []string{"OSS_PROFILE", `"prod"`, "config.json has default", ".ossutilconfig is not there"}},
		{map[string]string{"ALIBABA_CLOUD_PROFILE": "prod"}, nil, []string{"ALIBABA_CLOUD_PROFILE", "config.json is not there"}},
		{map[string]string{"ALIBABA_CLOUD_CONFIG_FILE": "/nowhere/c.json"}, instead, []string{"ALIBABA_CLOUD_CONFIG_FILE", "/nowhere/c.json"}},
		{map[string]string{"OSSUTIL_CONFIG_FILE": "/nowhere/c"}, nil, []string{"OSSUTIL_CONFIG_FILE"}},
		{map[string]string{envURI: "localhost:6666/canary"}, nil, []string{envURI, "not a URL"}},
		{map[string]string{envURI: "http://u:canary@localhost"}, nil, []string{envURI, "password"}},
		{map[string]string{envURI: "http://localhost", envNoExternal: "1"}, nil, []string{envURI, envNoExternal}},
		{map[string]string{envProcess: "tool | jq"}, nil, []string{envProcess, "script"}},
		{map[string]string{envProcess: "'tool"}, nil, []string{envProcess, "not closed"}},
		{map[string]string{"ALIBABA_CLOUD_ECS_METADATA": "../x"}, nil, []string{"role's name"}},
		{map[string]string{envNoMetadata: "true"}, nil, []string{"OSS_ACCESS_KEY_ID", "aliyun configure"}},
		{nil, nil, []string{"OSS_ACCESS_KEY_ID", "nor has this machine the RAM role"}},
	} {
		w := newWorld(t, c.env)
		for name, text := range c.files {
			w.file(name, text)
		}
		wants(t, w.fails(), sender.TryAgain, c.want...)
	}
}

func TestRoleIsNotAssumedWithWhatItIsNotMeantFor(t *testing.T) {
	for _, more := range []map[string]string{
		{"OSS_SESSION_TOKEN": token}, // of a role that was assumed already
		{envTokenFile: "/var/run/token", envProvider: "acs:ram::1:oidc-provider/p"},
	} {
		w := newWorld(t, more)
		w.env["OSS_ACCESS_KEY_ID"], w.env["OSS_ACCESS_KEY_SECRET"], w.env[envRole] = keyID, secret, roleARN
		if c, i := w.get(); c.AccessKeyID != keyID || i.Role != "" || i.Temporary != (c.SecurityToken != "") {
			t.Errorf("got %v, %+v", c, i)
		}
	}
}

func TestPodsRoleIsAssumedWithTheTokenAsItIsNow(t *testing.T) {
	w := newWorld(t, map[string]string{envRole: roleARN, envProvider: "acs:ram::1:oidc-provider/p"})
	w.env[envTokenFile] = w.file("token", "old")
	f := &fakeSTS{}
	f.start(w)
	p := w.find()
	w.file("token", token+"\n")
	if c, err := p.Credentials(t.Context()); err != nil || c.AccessKeyID != "STS.1" {
		t.Fatal(c, err)
	}
	if i, _ := p.Identity(t.Context()); i.Source != "oidc" || i.Role != roleARN+"/ingest" || !strings.Contains(i.From, "token)") {
		t.Errorf("got %+v", i)
	}
	for text, want := range map[string]string{" \n": "is empty", "other": "IncompleteSignature"} {
		w.file("token", text)
		wants(t, w.fails(), sender.StopRun, want)
	}
}

func TestBlanksAroundAVariableAreNotPartOfAKey(t *testing.T) {
	w := newWorld(t, map[string]string{"OSS_ACCESS_KEY_ID": keyID + "\r", "OSS_ACCESS_KEY_SECRET": secret + "\n"})
	if c, _ := w.get(); c != (oss.Credentials{AccessKeyID: keyID, AccessKeySecret: secret}) {
		t.Errorf("got %v", c)
	}
}
