//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/ingest-dev/ingest/bench/internal/lab"
)

// client is a program that can send a set.
type client struct {
	name    string
	dialect string   // which store it is sent to: "s3", "oss" or "s3+tls"
	version []string // arguments that make it print its version; none: it has none
	args    func(j job) []string
	env     func(j job) []string // besides that of every client
	only    string               // the one set that it is for; empty: any
}

// job is one run of a client.
type job struct {
	set   set
	data  string // folder that holds the set's folder and its manifest
	addr  string // of the store
	work  string // an empty folder, for what a client wants to write down
	pem   string // file of the store's certificate
	ours  string // flags for ingest instead of its settings here
	files string // the set's folder
}

// settings are the parts in flight and their size with which ingest runs: what the floor has, too.
var settings = map[string]struct {
	parallel int
	part     int64
}{"large": {4, 8 << 20}, "small": {32, 8 << 20}, "mixed": {16, 8 << 20}}

func ingest(name, dialect, url string) client {
	return client{name: name, dialect: dialect, args: func(j job) []string {
		args := []string{"run", filepath.Join(j.data, j.set.name+".txt"), "--to", url, "--progress", "none",
			"--log-level", "error", "--journal", filepath.Join(j.work, "journal")}
		if dialect == "s3+tls" {
			args = append(args, "--ca-file", j.pem)
		}
		return append(args, strings.Fields(j.ours)...)
	}}
}

func floor(j job) []string {
	return []string{"-to", j.addr, "-dir", j.files, "-n", per(j.set, "4", "32", "16"), "-map", per(j.set, "1048576", "65536", "262144")}
}

// per is the value for a set: large, small, mixed.
func per[T any](s set, large, small, mixed T) T {
	return map[string]T{"large": large, "small": small, "mixed": mixed}[s.name]
}

// clients lists every program that can be measured, with all checksums that it has, and with as many requests at a
// time as suit it best.
var clients = []client{
	ingest("ingest", "s3", "s3://null/"),
	ingest("ingest (OSS)", "oss", "oss://null/"),
	ingest("ingest (TLS)", "s3+tls", "s3://null/"),
	{name: "floor", dialect: "s3", args: floor},
	{name: "floor (writev)", dialect: "s3", args: func(j job) []string { return append(floor(j), "-writev") }},
	{name: "juicefs", dialect: "s3", version: []string{"--version"}, args: func(j job) []string {
		return []string{"sync", "--threads", per(j.set, "10", "32", "16"), j.files + "/", "minio://nobody:nothing@" + j.addr + "/null/"}
	}},
	{name: "ossutil", dialect: "oss", version: []string{"--version"}, args: func(j job) []string {
		return []string{"cp", "-r", "-f", j.files + "/", "oss://null/", "-c", config(j.work), "-e", "http://" + j.addr,
			"--part-size", "8388608", "-j", per(j.set, "4", "32", "16"), "--parallel", per(j.set, "2", "1", "2"),
			"--checkpoint-dir", filepath.Join(j.work, "cp"), "--output-dir", filepath.Join(j.work, "out")}
	}},
	{name: "mc", dialect: "s3", version: []string{"--version"}, args: func(j job) []string {
		return []string{"--config-dir", j.work, "--quiet", "cp", "--recursive", j.files + "/", "null/null/"}
	}, env: func(j job) []string { return []string{"MC_HOST_null=http://nobody:nothing123@" + j.addr} }},
	{name: "s5cmd", dialect: "s3", version: []string{"version"}, args: func(j job) []string {
		return []string{"--numworkers", per(j.set, "8", "32", "16"), "--endpoint-url", "http://" + j.addr, "--log", "error",
			"cp", "-c", "4", "-p", "8", j.files + "/", "s3://null/"}
	}},
	{name: "rclone", dialect: "s3", version: []string{"version"}, args: func(j job) []string {
		return []string{"copy", j.files, ":s3:null", "--config", filepath.Join(j.work, "none"), "--s3-provider", "Other", "--s3-env-auth",
			"--s3-endpoint", "http://" + j.addr, "--s3-no-check-bucket", "--s3-no-head", "--no-traverse",
			"--ignore-checksum", // afterwards: the store has no MD5 to say
			"--transfers", per(j.set, "4", "32", "16"), "--s3-upload-concurrency", "4", "--s3-chunk-size", "16M"}
	}},
	{name: "aws", dialect: "s3", version: []string{"--version"}, args: func(j job) []string {
		return []string{"s3", "cp", "--recursive", "--only-show-errors", "--endpoint-url", "http://" + j.addr, j.files, "s3://null/"}
	}},
	{name: "curl", dialect: "s3", only: "large", version: []string{"--version"}, args: func(j job) []string {
		var names []string
		for i := range j.set.sizes {
			names = append(names, filepath.Join(j.files, j.set.path(i)))
		}
		return []string{"-sS", "--fail", "-T", "{" + strings.Join(names, ",") + "}", "http://" + j.addr + "/null/"}
	}},
}

// config is a file of settings for ossutil, which takes keys from nowhere else but its arguments.
func config(work string) string {
	path := filepath.Join(work, "ossutilconfig")
	_ = os.WriteFile(path, []byte("[Credentials]\naccessKeyID=nobody\naccessKeySecret=nothing\n"), 0o600) // the run shows
	return path
}

// find returns where a client's program is: in the folder given, or on the PATH.
func (c client) find(folder string) (string, error) {
	name, _, _ := strings.Cut(c.name, " ")
	if path := filepath.Join(folder, name); folder != "" {
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return exec.LookPath(name)
}

// command is one run of the program at path.
func (c client) command(path string, j job) *exec.Cmd {
	scheme := "http"
	if c.dialect == "s3+tls" {
		scheme = "https"
	}
	cmd := exec.Command(path, c.args(j)...)
	cmd.Dir = j.work
	cmd.Env = append(lab.Keys(j.addr, scheme), "HOME="+j.work)
	if c.env != nil {
		cmd.Env = append(cmd.Env, c.env(j)...)
	}
	return cmd
}
