package manifests

import (
	"github.com/go-json-experiment/json/jsontext"
)

// maxCallback bounds a callback, and all names and values of its variables together, in bytes. OSS takes 5 KiB of each
// as base64.
const maxCallback = 8 << 10

// callback reads a callback: a JSON object, or a string of one. Null states nothing.
func (d *jsonl) callback(e *entry) error {
	v, column, err := d.value()
	if err != nil {
		return err
	}
	switch kind := v.Kind(); kind {
	case 'n':
	case '{':
		e.state(fieldCallback, column, string(v))
	case '"':
		e.state(fieldCallback, column, string(d.unquote(v)))
	default:
		e.fault(column, "callback wants an object or a string of JSON, not %s", kindName(kind))
	}
	return nil
}

// stateCallbackVar sets one variable of the callback.
func (e *entry) stateCallbackVar(column int64, name, value string) {
	e.rare = true
	if e.row.CallbackVars == nil {
		e.row.CallbackVars = make(map[string]string)
		e.column[fieldCallbackVars] = column
	}
	e.row.CallbackVars[name] = value
}

// checkCallback leaves to the store what is in the object.
func (e *entry) checkCallback() {
	text, at := jsontext.Value(e.row.Callback), e.column[fieldCallback]
	switch {
	case len(text) > maxCallback:
		e.fault(at, "callback is %d bytes long; at most %d", len(text), maxCallback)
	case len(text) > 0 && (!text.IsValid() || text.Kind() != '{'):
		e.fault(at, "callback %s: want a JSON object", clip(e.row.Callback))
	}
	size := 0
	for name, value := range e.row.CallbackVars {
		size += len(name) + len(value)
		if name == "" {
			e.fault(e.column[fieldCallbackVars], "a variable of the callback without a name")
		}
	}
	if size > maxCallback {
		e.fault(e.column[fieldCallbackVars], "callback_vars holds %d bytes of names and values; at most %d", size, maxCallback)
	}
}
