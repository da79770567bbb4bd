package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/ingest-dev/ingest/sender"
)

// preflightRetries keeps the answer to "is there a store at all" within some seconds.
const preflightRetries = 3

// preflight asks the store one thing, so that a wrong address, key or bucket is told at once and once, not by each
// row. What a policy may forbid is no reason to stop.
func preflight(ctx context.Context, j *job) error {
	lister, ok := sender.Lister(sender.Stack(j.store.Store, sender.Options{Retries: preflightRetries}))
	if !ok {
		return nil
	}
	for _, err := range lister.Uploads(ctx, j.store.prefix) {
		return refusal(ctx, j, err)
	}
	return nil
}

func refusal(ctx context.Context, j *job, err error) error {
	switch {
	case err == nil, ctx.Err() == nil && sender.KindOf(err) == sender.GiveUp && !errors.Is(err, sender.ErrNoAnswer):
		return nil
	case ctx.Err() != nil:
		return &exit{exitStopped, ctx.Err()}
	case sender.KindOf(err) == sender.TryAgain:
		return &exit{exitRefused, fmt.Errorf("the store %s does not answer: %w: check the endpoint and the network", j.store.name, err)}
	}
	return &exit{exitRefused, err}
}
