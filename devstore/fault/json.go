package fault

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// Parse reads an array of rules. It returns an error if they are not valid, or name a field that there is not; that
// of rules which can be read wraps [ErrRule].
func Parse(data []byte) ([]Rule, error) {
	var rules []Rule
	if err := strictly(data, &rules); err != nil {
		return nil, fmt.Errorf("read rules: %w", err)
	}
	return rules, Check(rules...)
}

// MarshalJSON writes durations as texts.
func (r Rule) MarshalJSON() ([]byte, error) {
	return json.Marshal(document{
		plain: plain(r), For: duration(r.For), Delay: duration(r.Delay), Skew: duration(r.Skew),
	})
}

// UnmarshalJSON reads durations as texts or as nanoseconds, and refuses fields that there are not.
func (r *Rule) UnmarshalJSON(data []byte) error {
	var d document
	if err := strictly(data, &d); err != nil {
		return err
	}
	*r = Rule(d.plain)
	r.For, r.Delay, r.Skew = time.Duration(d.For), time.Duration(d.Delay), time.Duration(d.Skew)
	return nil
}

// plain is a Rule without its methods.
type plain Rule

// document is a Rule whose durations are read and written otherwise: what stands outside hides what is embedded.
type document struct {
	plain
	For   duration `json:"for,omitzero"`
	Delay duration `json:"delay,omitzero"`
	Skew  duration `json:"skew,omitzero"`
}

type duration time.Duration

func (d duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

func (d *duration) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) != nil {
		return json.Unmarshal(data, (*time.Duration)(d))
	}
	parsed, err := time.ParseDuration(text)
	*d = duration(parsed)
	return err
}

// strictly reads data, which holds one value and nothing else.
func strictly(data []byte, v any) error {
	in := json.NewDecoder(bytes.NewReader(data))
	in.DisallowUnknownFields()
	if err := in.Decode(v); err != nil {
		return err
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("read on at byte %d: more than one value", in.InputOffset())
	}
	return nil
}
