package credentials

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"time"

	"github.com/ingest-dev/ingest/sender"
)

const (
	envProcess    = "INGEST_OSS_CREDENTIAL_PROCESS"
	envNoExternal = "ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS" // the CLI's switch against processes and URIs

	// processTime is what a process may take; Alibaba Cloud CLI's limit.
	processTime = time.Minute
	// processGrace is what is left to children of a process that has ended and that hold its output.
	processGrace = time.Second
)

// command is a process that prints credentials. It is run without a shell, in our environment, without an input. What
// it writes to stderr is thrown away: nobody can know that no secret is in it.
type command struct {
	args    []string
	timeout time.Duration
	now     func() time.Time
}

// process is the source of the variable.
func (c *chain) process() (source, error) {
	line := c.env(envProcess)
	if line == "" {
		return nil, nil
	}
	s, err := c.command(line, 0)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", envProcess, err)
	}
	return moved{s, "process", fmt.Sprintf("%s (%s)", envProcess, s.origin().where)}, nil
}

// command returns the source of a command line.
func (c *chain) command(line string, timeout time.Duration) (source, error) {
	if c.isTrue(envNoExternal) {
		return nil, errors.New("it is switched off by " + envNoExternal)
	}
	args, err := split(line, runtime.GOOS == "windows")
	if err != nil {
		return nil, err
	}
	if timeout == 0 {
		timeout = processTime
	}
	if path, err := exec.LookPath(args[0]); err == nil {
		c.warnOfProgram(path)
	}
	return command{args, timeout, c.now}, nil
}

// origin names the program alone: its arguments may be secret.
func (p command) origin() origin { return origin{source: "process", where: p.args[0], renews: true} }

func (p command) fetch(ctx context.Context) (session, error) {
	out, err := p.run(ctx)
	if err != nil {
		return session{}, err
	}
	s, err := printed(out, p.now())
	if err != nil {
		return session{}, fmt.Errorf("the output of credential process %q: %w", p.args[0], err)
	}
	return s, nil
}

func (p command) run(ctx context.Context) ([]byte, error) {
	bounded, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	cmd := exec.CommandContext(bounded, p.args[0], p.args[1:]...)
	cmd.WaitDelay = processGrace
	var out output
	cmd.Stdout = &out
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case out.over:
		err = errTooMuch // which it died of
	case err == nil, errors.Is(err, exec.ErrWaitDelay): // it ended well, and may have left somebody behind
		return out.text, nil
	}
	return nil, p.failed(bounded, err)
}

const maxOutput = 64 << 10

var errTooMuch = errors.New("it prints more than 64 KiB")

// failed is the error of a process that did not end well. It may the next time, if it could be run at all.
func (p command) failed(bounded context.Context, err error) error {
	e := &sender.Error{Op: "run credential process", Key: p.args[0], Kind: sender.TryAgain, Hint: "run it by hand to see why"}
	_, ended := errors.AsType[*exec.ExitError](err)
	switch {
	case bounded.Err() != nil:
		e.Err = unavailable{fmt.Sprintf("it did not end within %v", p.timeout)}
	case ended:
		e.Err = unavailable{err.Error()}
	default:
		e.Kind, e.Err = sender.StopRun, err
	}
	return e
}

// output keeps what a process prints, up to maxOutput bytes. It is no bytes.Buffer: that would read all there is.
type output struct {
	text []byte
	over bool
}

func (o *output) Write(b []byte) (int, error) {
	if o.over = len(o.text)+len(b) > maxOutput; o.over {
		return 0, errTooMuch
	}
	o.text = append(o.text, b...)
	return len(b), nil
}

// printed reads what a process printed: as those of Alibaba Cloud CLI do, or as those of ossutil and the SDKs.
func printed(out []byte, now time.Time) (session, error) {
	var p struct {
		issued
		Mode   string `json:"mode"`
		ID     string `json:"access_key_id"`
		Secret string `json:"access_key_secret"`
		Token  string `json:"sts_token"`
		Until  string `json:"expiration"`
	}
	if !decode(out, &p) {
		return session{}, errNoJSON
	}
	p.Expiration = first(p.Expiration, p.Until)
	if p.AccessKeyID == "" {
		p.AccessKeyID, p.AccessKeySecret, p.SecurityToken = p.ID, p.Secret, p.Token
	}
	switch mode := normalized(p.Mode); {
	case mode != "" && mode != "ak" && mode != "ststoken":
		return session{}, errors.New("its mode is neither AK nor StsToken")
	case mode == "ststoken" && p.SecurityToken == "":
		return session{}, errors.New("its mode is StsToken, and it has no sts_token")
	}
	return p.session(now, "")
}
