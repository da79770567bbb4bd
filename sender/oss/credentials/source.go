package credentials

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ingest-dev/ingest/sender/oss"
)

// source is where credentials come from. It holds no state of its own: whatever may change is looked at anew.
type source interface {
	// fetch gets credentials, now. One goroutine at a time calls it.
	fetch(ctx context.Context) (session, error)

	// origin says where they come from.
	origin() origin
}

// origin is where credentials come from.
type origin struct {
	source string // as the package comment names it
	where  string // for a person: variables, a file and a profile
	renews bool   // it hands out new ones before the old ones end
}

// session is what a source handed out.
type session struct {
	oss.Credentials
	role    string    // that they are of, if that is known
	expires time.Time // by this machine's clock; zero: never, or not known
}

var errEmpty = errors.New("the access key id or its secret is empty")

// check refuses what nothing can be signed with.
func (s *session) check(now time.Time) error {
	switch {
	case s.AccessKeyID == "" || s.AccessKeySecret == "":
		return errEmpty
	case s.expired(now):
		return fmt.Errorf("they expired at %s: get new ones, and check this machine's clock", s.expires.UTC().Format(time.RFC3339))
	}
	return nil
}

func (s *session) expired(now time.Time) bool { return !s.expires.IsZero() && !now.Before(s.expires) }

// fixed is a source that says the same for ever.
type fixed struct {
	session
	from origin
}

func (f fixed) fetch(context.Context) (session, error) { return f.session, nil }

func (f fixed) origin() origin { return f.from }

// moved is a source that says of itself where it was configured.
type moved struct {
	source
	name, where string
}

func (m moved) origin() origin {
	return origin{source: m.name, where: m.where, renews: m.source.origin().renews}
}
