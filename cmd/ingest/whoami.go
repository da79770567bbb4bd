package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/user"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/logging"
	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/oss"
	"github.com/ingest-dev/ingest/sender/oss/credentials"
	"github.com/spf13/cobra"
)

type whoamiCommand struct {
	target
	json    bool
	lasting time.Duration
}

func newWhoami() *cobra.Command {
	c := &whoamiCommand{target: target{absent: imagineAbsent}}
	cmd := &cobra.Command{
		Use:   "whoami URL",
		Short: "Show whose credentials would be used for a URL, and whether the store accepts them",
		Long: `Whoami looks for credentials as run does, and says whose they are, where they
were found, how long they last, and who renews them. Then it asks the store once,
as run does before it begins. It prints no secret and changes nothing. It exits 6
if the store refuses or does not answer, and 1 if the credentials do not last for
the time that --for states: they end before it, or nobody says when, and nobody
renews them.

For oss:// it looks, in this order, for: OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET
and OSS_SESSION_TOKEN, or ALIBABA_CLOUD_ACCESS_KEY_ID and so on, with which a role
in OSS_ROLE_ARN or ALIBABA_CLOUD_ROLE_ARN is assumed; the role and the OIDC token
of a pod (RRSA); the profile that OSS_PROFILE, OSSUTIL_PROFILE or
ALIBABA_CLOUD_PROFILE names, or the current one of ~/.aliyun/config.json or of
~/.ossutilconfig; ALIBABA_CLOUD_CREDENTIALS_URI; the output of the command in
INGEST_OSS_CREDENTIAL_PROCESS; the RAM role of the ECS instance. For s3:// the AWS
SDK looks, in its own variables, profiles and services.`,
		Example: `  ingest whoami oss://lake/
  ingest whoami oss://lake/ --for 6h && ingest run nightly.jsonl --to oss://lake/ --deadline 6h
  OSS_PROFILE=nightly ingest whoami oss://lake/ --json`,
		Args: exactly("a URL"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd, args[0]) },
	}
	c.flags(cmd)
	cmd.Flags().BoolVar(&c.json, "json", false, "one JSON object")
	cmd.Flags().DurationVar(&c.lasting, "for", 0, "exit 1 unless the credentials outlast a job that takes so long, such as 6h")
	return cmd
}

func (c *whoamiCommand) run(cmd *cobra.Command, url string) error {
	log, err := newLog(cmd)
	if err != nil {
		return err
	}
	if c.lasting < 0 {
		return usagef("--for %v: want how long the job takes, such as 6h", c.lasting)
	}
	c.url = url
	s, err := c.open(cmd.Context(), 1)
	if err != nil {
		return err
	}
	defer s.Close()
	c.warn(cmd, s, log)
	who, err := identify(cmd.Context(), s)
	if err != nil {
		return usage(err)
	}
	who.URL, who.Endpoint = url, s.endpoint
	verdict := preflight(cmd.Context(), &job{store: s})
	if cmd.Context().Err() != nil {
		return verdict
	}
	who.judge(verdict)
	now := time.Now()
	short := who.outlive(c.lasting, now)
	if err := who.print(cmd.OutOrStdout(), c.json, now); err != nil {
		return &exit{exitFailed, fmt.Errorf("print who it is: %w", err)}
	}
	return cmp.Or(verdict, short)
}

// identity is who asks a store, in the words of --json. Fields that do not apply are left out.
type identity struct {
	URL       string    `json:"url"`
	Endpoint  string    `json:"endpoint,omitzero"`
	User      string    `json:"user,omitzero"` // of this machine, where the store is a directory
	Source    string    `json:"source,omitzero"`
	From      string    `json:"from,omitzero"` // for a person
	KeyID     string    `json:"access_key_id,omitzero"`
	Role      string    `json:"role,omitzero"`
	Temporary bool      `json:"temporary"`
	Expires   time.Time `json:"expires,omitzero"`
	Renews    bool      `json:"renews"`
	Outlasts  *bool     `json:"outlasts,omitzero"` // the job; left out: nobody said how long that takes
	Accepted  *bool     `json:"accepted,omitzero"` // by the store; left out: it was not asked
	Error     string    `json:"error,omitzero"`
	code      string    // of the error
}

// identify says who asks a store.
func identify(ctx context.Context, s *store) (*identity, error) {
	switch {
	case s.endpoint == "":
		return identifyUser()
	case strings.HasPrefix(s.name, "oss://"):
		return identifyOSS(ctx, s.Store.(*oss.Store).Provider())
	}
	return identifyAWS(ctx)
}

func identifyOSS(ctx context.Context, who oss.CredentialsProvider) (*identity, error) {
	p, ok := who.(*credentials.Provider)
	if !ok {
		c, err := who.Credentials(ctx)
		return &identity{KeyID: c.AccessKeyID, Temporary: c.SecurityToken != ""}, err
	}
	i, err := p.Identity(ctx)
	return &identity{
		Source: i.Source, From: i.From, KeyID: i.AccessKeyID, Role: i.Role,
		Temporary: i.Temporary, Expires: i.Expires.UTC().Truncate(time.Second), Renews: i.Renews,
	}, err
}

// identifyAWS asks the SDK's chain, as the store has done.
func identifyAWS(ctx context.Context) (*identity, error) {
	c, err := config.LoadDefaultConfig(ctx, config.WithLogger(logging.Nop{}))
	if err != nil {
		return nil, err
	}
	keys, err := c.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	who := &identity{
		Source: "aws", From: "the AWS SDK's " + keys.Source, KeyID: keys.AccessKeyID,
		Temporary: keys.SessionToken != "" || keys.CanExpire, Renews: keys.CanExpire,
	}
	if keys.CanExpire {
		who.Expires = keys.Expires.UTC().Truncate(time.Second)
	}
	return who, nil
}

func identifyUser() (*identity, error) {
	u, err := user.Current()
	if err != nil {
		return nil, fmt.Errorf("find out who you are: %w", err)
	}
	return &identity{User: u.Username, Source: "user"}, nil
}

// judge takes note of what the store said; a directory is not asked.
func (i *identity) judge(verdict error) {
	if i.User != "" && verdict == nil {
		return
	}
	accepted := verdict == nil
	i.Accepted = &accepted
	if verdict != nil {
		i.Error = verdict.Error()
	}
	if e, ok := errors.AsType[*sender.Error](verdict); ok {
		i.code = e.Code
	}
}

// outlive takes note of whether the credentials last for a job, if it takes any time, and returns an error if not.
func (i *identity) outlive(job time.Duration, now time.Time) error {
	if job == 0 {
		return nil
	}
	outlasts := !i.Temporary || i.Renews || !i.Expires.IsZero() && i.Expires.Sub(now) >= job
	i.Outlasts = &outlasts
	if outlasts {
		return nil
	}
	end := "nobody says when they expire"
	if !i.Expires.IsZero() {
		end = "they expire at " + i.Expires.Format(time.RFC3339)
	}
	return &exit{exitFailed, fmt.Errorf("the credentials may not outlast a job of %v: %s, and nobody renews them: get longer ones, "+
		"or such as are renewed (a profile with a role, a process, an instance's role)", job, end)}
}

func (i *identity) print(w io.Writer, asJSON bool, now time.Time) error {
	if asJSON {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		return enc.Encode(i)
	}
	_, err := io.WriteString(w, i.text(now))
	return err
}

func (i *identity) text(now time.Time) string {
	text := safe(i.URL)
	if i.Endpoint != "" {
		text += " at " + i.Endpoint
	}
	for _, line := range [][2]string{
		{"who", i.who()}, {"from", i.From}, {"lasts", i.lasts(now)}, {"store", i.verdict()},
	} {
		if line[1] != "" {
			text += fmt.Sprintf("\n  %-7s%s", line[0], line[1])
		}
	}
	return text + "\n"
}

func (i *identity) who() string {
	switch {
	case i.User != "":
		return "user " + safe(i.User) + " of this machine"
	case i.Role != "":
		return "access key " + safe(i.KeyID) + ", of the role " + safe(i.Role)
	}
	return "access key " + safe(i.KeyID)
}

// lasts says how long, and what happens then.
func (i *identity) lasts(now time.Time) string {
	switch {
	case i.User != "":
		return ""
	case !i.Temporary:
		return "it does not expire"
	case i.Expires.IsZero() && i.Renews:
		return "for a while, nobody says how long; others are got when the store refuses it"
	case i.Expires.IsZero():
		return "for a while, nobody says how long; nobody renews it: then a run stops, and can be carried on with new ones"
	}
	until := fmt.Sprintf("until %s (%s from now)", i.Expires.Format(time.RFC3339), humanAge(now, i.Expires))
	if i.Renews {
		return until + "; it is renewed before that"
	}
	return until + "; nobody renews it: a run that takes longer stops, and can be carried on with new ones"
}

func (i *identity) verdict() string {
	switch {
	case i.Accepted == nil:
		return ""
	case *i.Accepted:
		return "accepts it"
	case i.code != "":
		return "refuses it: " + safe(i.code)
	}
	return "was not reached"
}
