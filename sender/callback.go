package sender

// CodeUnheard is the code of a callback of which nobody knows whether it was made, as the answer that would have told
// was lost.
const CodeUnheard = "CallbackUnknown"

// unheard returns what is known of the callback of an object whose answer was lost; nil if it has none.
func unheard(o *Object) *Callback {
	if o.Callback == "" {
		return nil
	}
	return &Callback{Err: &Error{
		Op: "call back", Key: o.Key, Code: CodeUnheard,
		Message: "the object is stored; whether the callback was made is not known, as the store's answer was lost",
	}}
}
