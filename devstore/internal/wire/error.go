package wire

import "net/http"

// Error is a refusal as a client sees it.
type Error struct {
	Status  int
	Code    string
	Message string
	EC      string   // the diagnostic code of OSS
	Details []Detail // further elements of the answer, in order
}

// Detail is one element of an error's XML.
type Detail struct{ Name, Value string }

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// With returns the same error with one more detail.
func (e *Error) With(name, value string) *Error {
	c := *e
	c.Details = append(append([]Detail{}, e.Details...), Detail{name, value})
	return &c
}

// Saying returns the same error with another message.
func (e *Error) Saying(message string) *Error {
	c := *e
	c.Message = message
	return &c
}

// NotImplemented is the answer to what the emulator does not do. It names it, so that nobody looks for it
// elsewhere.
func NotImplemented(what string) *Error {
	return &Error{
		Status: http.StatusNotImplemented, Code: "NotImplemented",
		Message: what + " is not implemented by this server.",
	}
}

// MethodNotAllowed is the answer to a method that is for nothing here.
func MethodNotAllowed(method string) *Error {
	return &Error{
		Status: http.StatusMethodNotAllowed, Code: "MethodNotAllowed",
		Message: "The specified method is not allowed against this resource.",
		Details: []Detail{{"Method", method}},
	}
}
