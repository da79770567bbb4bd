package main

import (
	"github.com/ingest-dev/ingest/journal"
	"github.com/ingest-dev/ingest/pipeline"
	"github.com/rs/zerolog"
)

func logKnown(log zerolog.Logger, j *job) {
	k := j.Known
	if k.Torn > 0 {
		log.Warn().Int64("bytes", k.Torn).Msg("the journal's last record was cut off by a crash; its work is done again")
	}
	if k.Damage != nil {
		log.Warn().Msg("the journal is damaged: " + k.Damage.String())
	}
	if done := k.Done.GetCardinality(); done > 0 || len(k.Uploads) > 0 {
		log.Info().Uint64("done", done).Int("uploads", len(k.Uploads)).Msg("carrying on from the journal")
	}
}

func logEvent(log zerolog.Logger, e pipeline.Event) {
	switch {
	case e.Kind == pipeline.Settled && e.Err != nil && e.Status != journal.Failed:
		log.Warn().Int64("row", e.Row).Str("key", e.Key).Stringer("status", e.Status).Err(e.Err).Msg("row stored, but its callback failed")
	case e.Kind == pipeline.Incomparable:
		log.Info().Int64("row", e.Row).Str("key", e.Key).Msg("the store says no checksum of what is there that could be compared: sending the row again")
	case e.Kind == pipeline.Settled && e.Err != nil:
		log.Error().Int64("row", e.Row).Str("source", e.Source).Err(e.Err).Msg("row failed")
	case e.Kind == pipeline.SentAgain:
		log.Warn().Int64("row", e.Row).Str("key", e.Key).Err(e.Err).Msg("sending the row again")
	case e.Kind == pipeline.Swept:
		log.Info().Int64("row", e.Row).Str("key", e.Key).Msg("aborted uploads that the journal did not know: a crash, or a lost answer, had left them")
	case e.Kind == pipeline.Forgotten:
		log.Warn().Int64("row", e.Row).Str("key", e.Key).Msg("the store no longer knows the upload: starting over")
	case e.Kind == pipeline.Adopted:
		log.Info().Int64("row", e.Row).Str("key", e.Key).Msg("carrying on an upload that another program began")
	case e.Kind == pipeline.Discarded:
		log.Warn().Int64("row", e.Row).Str("key", e.Key).Err(e.Err).Msg("the other program's upload cannot be carried on, and is aborted: starting over")
	case e.Kind == pipeline.Spared:
		log.Info().Int64("row", e.Row).Str("key", e.Key).Err(e.Err).Msg("an upload that another program began is left open")
	default:
		line := log.Debug().Int64("row", e.Row).Str("key", e.Key).Stringer("status", e.Status)
		if e.Compared != "" {
			line = line.Str("compared", e.Compared)
		}
		line.Msg("row settled")
	}
}
