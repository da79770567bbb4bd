package main

import (
	"github.com/ingest-dev/ingest/sender/oss"
	"github.com/ingest-dev/ingest/sender/oss/credentials"
)

// ossCredentials says who asks OSS. Package credentials tables where that is looked for.
func (t *target) ossCredentials() (*credentials.Provider, error) {
	var o credentials.Options
	o.Wire.CAFile, o.Wire.UserAgent = t.caFile, userAgent()
	p, err := credentials.Find(o)
	if err != nil {
		return nil, usage(err)
	}
	return p, nil
}

// warnOfCredentials says what is wrong with the place that a store's credentials come from.
func warnOfCredentials(s *store, log *logger) {
	o, ok := s.Store.(*oss.Store)
	if !ok {
		return
	}
	if p, ok := o.Provider().(*credentials.Provider); ok {
		for _, w := range p.Warnings() {
			log.Warn().Str("about", w.About).Msg(w.Message)
		}
	}
}
