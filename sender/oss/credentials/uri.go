package credentials

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/ingest-dev/ingest/sender"
	"github.com/ingest-dev/ingest/sender/internal/wire"
)

const envURI = "ALIBABA_CLOUD_CREDENTIALS_URI"

// remote is a URL that answers with credentials.
type remote struct {
	url *url.URL
	service
}

// uri is the source of the variable.
func (c *chain) uri() (source, error) {
	text := c.env(envURI)
	if text == "" {
		return nil, nil
	}
	s, err := c.remote(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", envURI, err)
	}
	return moved{s, "uri", fmt.Sprintf("%s (%s)", envURI, s.origin().where)}, nil
}

// remote returns the source of a URL. It may hold a secret, and is not repeated but for its host.
func (c *chain) remote(text string) (source, error) {
	if c.isTrue(envNoExternal) {
		return nil, errors.New("it is switched off by " + envNoExternal)
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("it is not a URL such as http://localhost:6666/credentials")
	}
	if u.User != nil {
		return nil, errors.New("a user name or a password in the URL is not sent: take it away")
	}
	if plain(u) {
		c.warn(u.Host, "credentials come from there over plain http: whoever is on the way can read them")
	}
	return remote{u, service{c.Wire, c.now, "get credentials from", u.Scheme + "://" + u.Host}}, nil
}

func (r remote) origin() origin { return origin{source: "uri", where: r.key, renews: true} }

func (r remote) fetch(ctx context.Context) (session, error) {
	answer, err := r.ask(ctx, func() *wire.Request { return &wire.Request{Method: http.MethodGet, URL: r.url} })
	if err != nil {
		return session{}, err
	}
	if answer.Status != http.StatusOK {
		return session{}, r.unwilling(answer)
	}
	var i issued
	if !decode(answer.Body, &i) {
		return session{}, r.strange(answer)
	}
	s, err := i.session(r.now(), answer.Header.Get("Date"))
	if err != nil {
		return session{}, &sender.Error{Op: r.op, Key: r.key, Kind: sender.StopRun, Err: err}
	}
	return s, nil
}

// unwilling is the error of a status that is no success. Nothing of the answer is repeated: nobody knows what it is.
func (r *remote) unwilling(answer *wire.Response) error {
	e := &sender.Error{
		Op: r.op, Key: r.key, Kind: sender.StopRun, Status: answer.Status, Message: http.StatusText(answer.Status),
	}
	if mayPass(answer.Status) {
		e.Kind = sender.TryAgain
	}
	return e
}
