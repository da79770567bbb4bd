package credentials

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/ingest-dev/ingest/sender"
)

const (
	// metadataURL is the one address of the metadata service, from within every instance. It is no name, so that
	// nobody can send us elsewhere.
	metadataURL = "http://100.100.100.200"

	// metadataTime bounds each question: the service answers within milliseconds, or is not there.
	metadataTime = 2 * time.Second

	metadataRoles = "/latest/meta-data/ram/security-credentials/"
	maxMetadata   = 64 << 10
)

// metadata is the RAM role of the instance that we run on.
type metadata struct {
	base     string
	role     string // empty: whichever it has
	hardened bool   // it is not asked without a token
	now      func() time.Time
}

// instance is the source of last resort.
func (c *chain) instance() (source, error) {
	if c.isTrue(envNoMetadata) {
		return nil, nil
	}
	return c.metadataOf("")
}

const envNoMetadata = "ALIBABA_CLOUD_ECS_METADATA_DISABLED"

// metadataOf returns the source of an instance's role.
func (c *chain) metadataOf(role string) (source, error) {
	if c.isTrue(envNoMetadata) {
		return nil, errors.New("the instance's role is wanted, and " + envNoMetadata + " forbids to ask for it")
	}
	role = first(role, c.env("ALIBABA_CLOUD_ECS_METADATA"))
	if !isRoleName(role) {
		return nil, fmt.Errorf("%q is no role's name", role)
	}
	return metadata{base: c.metadata, role: role, hardened: c.isTrue("ALIBABA_CLOUD_IMDSV1_DISABLED"), now: c.now}, nil
}

// isRoleName reports whether s can be a role's name, or is empty. It becomes part of a path.
func isRoleName(s string) bool {
	return len(s) <= 64 && s != "." && s != ".." && strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune(".-_", r)
	}) < 0
}

func (m metadata) origin() origin {
	return origin{source: "ecs-role", where: "the RAM role of an ECS instance", renews: true}
}

func (m metadata) fetch(ctx context.Context) (session, error) {
	token, err := m.token(ctx)
	if err != nil {
		return session{}, err
	}
	role := m.role
	if role == "" {
		if role, err = m.roleName(ctx, token); err != nil {
			return session{}, err
		}
	}
	answer, err := m.ask(ctx, http.MethodGet, metadataRoles+role, token)
	if err != nil {
		return session{}, err
	}
	var i issued
	if answer.status != http.StatusOK || !decode(answer.body, &i) {
		return session{}, answer.failure(fmt.Sprintf("nothing of the role %q", role))
	}
	s, err := i.session(m.now(), answer.header.Get("Date"))
	if err != nil {
		return session{}, failure(sender.StopRun, err)
	}
	s.role = role
	return s, nil
}

// token opens a session with the service, for as long as it takes to ask. A service that knows no sessions is older
// than they are, and asked without; where ECS enforces them it refuses that.
func (m metadata) token(ctx context.Context) (string, error) {
	answer, err := m.ask(ctx, http.MethodPut, "/latest/api/token", "")
	switch {
	case err != nil:
		return "", err
	case answer.status == http.StatusOK && printable(string(answer.body)):
		return string(answer.body), nil
	case m.hardened || mayPass(answer.status):
		return "", answer.failure("no session token")
	}
	return "", nil
}

func (m metadata) roleName(ctx context.Context, token string) (string, error) {
	answer, err := m.ask(ctx, http.MethodGet, metadataRoles, token)
	if err != nil {
		return "", err
	}
	name, _, _ := strings.Cut(strings.TrimSpace(string(answer.body)), "\n")
	if name = strings.TrimSpace(name); answer.status != http.StatusOK || name == "" || !isRoleName(name) {
		return "", answer.failure("no role")
	}
	return name, nil
}

type metadataAnswer struct {
	status int
	header http.Header
	body   []byte
}

// ask sends one request: directly, over a connection of its own, following nothing.
func (m metadata) ask(ctx context.Context, method, path, token string) (*metadataAnswer, error) {
	bounded, cancel := context.WithTimeout(ctx, metadataTime)
	defer cancel()
	r, err := http.NewRequestWithContext(bounded, method, m.base+path, nil)
	if err != nil {
		return nil, err
	}
	if method == http.MethodPut {
		r.Header.Set("X-Aliyun-Ecs-Metadata-Token-Ttl-Seconds", "60")
	}
	if token != "" {
		r.Header.Set("X-Aliyun-Ecs-Metadata-Token", token)
	}
	transport := &http.Transport{DisableKeepAlives: true, MaxResponseHeaderBytes: maxMetadata} // and no Proxy
	answer, err := transport.RoundTrip(r)
	if err != nil {
		return nil, unheard(ctx, err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxMetadata))
	if err != nil {
		return nil, unheard(ctx, err)
	}
	return &metadataAnswer{answer.StatusCode, answer.Header, body}, nil
}

// unheard is the error of a service that says nothing.
func unheard(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	reason := err.Error()
	if errors.Is(err, context.DeadlineExceeded) {
		reason = fmt.Sprintf("no answer within %v", metadataTime)
	}
	return failure(sender.TryAgain, unavailable{reason})
}

// failure is the error of an answer that does not do.
func (a *metadataAnswer) failure(what string) error {
	kind := sender.StopRun
	if mayPass(a.status) {
		kind = sender.TryAgain
	}
	return failure(kind, fmt.Errorf("it knows %s (status %d)", what, a.status))
}

func failure(kind sender.Kind, err error) error {
	return &sender.Error{Op: "ask the metadata service", Kind: kind, Err: err}
}
