// Package wire is what the two dialects share of HTTP: how a request names a bucket and a key, which operation it
// asks for, and how headers, ranges, conditions, pages and XML are read and written.
//
// What differs between the dialects, above all what they call things and which error they answer, is not here.
package wire
