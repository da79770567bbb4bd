package main

import (
	"os"
	"time"

	"github.com/ingest-dev/ingest/devstore"
)

// The variables of a temporary access key.
const (
	temporaryID         = "INGEST_SERVE_TEMPORARY_ACCESS_KEY_ID"
	temporarySecret     = "INGEST_SERVE_TEMPORARY_ACCESS_KEY_SECRET"
	temporaryToken      = "INGEST_SERVE_TEMPORARY_SESSION_TOKEN"
	temporaryExpiration = "INGEST_SERVE_TEMPORARY_EXPIRATION"
)

// temporaryKeys are the access keys with a token and an end that the environment gives: one or none.
func temporaryKeys() ([]devstore.TemporaryKey, error) {
	k := devstore.TemporaryKey{
		AccessKeyID: os.Getenv(temporaryID), AccessKeySecret: os.Getenv(temporarySecret), SessionToken: os.Getenv(temporaryToken),
	}
	end := os.Getenv(temporaryExpiration)
	switch set := countSet(k.AccessKeyID, k.AccessKeySecret, k.SessionToken, end); set {
	case 0:
		return nil, nil
	case 4:
	default:
		return nil, usagef("%s, …_ACCESS_KEY_SECRET, …_SESSION_TOKEN and …_EXPIRATION go together: set all or none", temporaryID)
	}
	var err error
	if k.Expiration, err = time.Parse(time.RFC3339, end); err != nil {
		return nil, usagef("%s is %q: write it like 2026-01-02T15:04:05Z", temporaryExpiration, end)
	}
	return []devstore.TemporaryKey{k}, nil
}

func countSet(values ...string) (n int) {
	for _, v := range values {
		if v != "" {
			n++
		}
	}
	return n
}
