package s3

import (
	"context"
	"errors"
	"net/http"

	"github.com/ingest-dev/ingest/sender"
)

// Remove deletes an object with DeleteObject. It succeeds if there is none. In a bucket that keeps versions, it hides
// the object, and the versions stay.
func (s *Store) Remove(ctx context.Context, key string) error {
	_, err := s.exchange(ctx, &call{op: "remove object", key: key, method: http.MethodDelete})
	if errors.Is(err, sender.ErrNotFound) {
		return nil
	}
	return err
}
