package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ingest-dev/ingest/sender"
)

// preflightRetries and preflightTime keep the answer to "is there a store at all" within some seconds where nobody
// is there, and within half a minute where somebody is and says nothing.
const (
	preflightRetries = 3
	preflightTime    = 30 * time.Second
)

// preflight asks the store one thing, so that a wrong address, key or bucket is told at once and once, not by each
// row. What a policy may forbid is no reason to stop, nor is a store that is busy: the run has patience with it.
func preflight(ctx context.Context, j *job) error {
	lister, ok := sender.Lister(sender.Stack(j.store.Store, sender.Options{Retries: preflightRetries, Outage: -1, Patience: -1}))
	if !ok {
		return nil
	}
	brief, cancel := context.WithTimeout(ctx, preflightTime)
	defer cancel()
	for _, err := range lister.Uploads(brief, j.store.prefix) {
		if err != nil && brief.Err() != nil {
			err = fmt.Errorf("nothing came for %v", preflightTime)
			return cmp.Or(ctx.Err(), unanswered(j.store, err))
		}
		return refusal(j, err)
	}
	return nil
}

// unanswered is the error of a store that is not there, or says nothing.
func unanswered(s *store, err error) error {
	return &exit{exitRefused, fmt.Errorf("the store %s does not answer: %w: check the endpoint and the network", s.name, err)}
}

// refusal is why a run need not begin, or nil.
func refusal(j *job, err error) error {
	switch {
	case err == nil, busy(err), sender.KindOf(err) == sender.GiveUp && !errors.Is(err, sender.ErrNoAnswer):
		return nil
	case sender.KindOf(err) == sender.TryAgain:
		return unanswered(j.store, err)
	}
	return &exit{exitRefused, err}
}

// busy reports whether a store answered that it cannot answer now.
func busy(err error) bool {
	e, ok := errors.AsType[*sender.Error](err)
	return ok && e.Kind == sender.TryAgain && e.Status != 0
}
