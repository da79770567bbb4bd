package wire

import (
	"net/http"
	"slices"

	"github.com/ingest-dev/ingest/devstore/fault"
)

// Handler answers one operation, or returns why not. After it has begun the answer it returns nil.
type Handler func(w http.ResponseWriter, r *Request) error

// Route is one operation.
type Route struct {
	Method string
	Level  Level
	Name   string   // the query parameter that makes it this operation, "" for the plain one
	Copy   bool     // it takes its content from an object that a header names
	Params []string // the query parameters that it understands besides
	Does   []string // the headers that it minds and the rest of the operations do not
	Op     fault.Op // what rules of faults call it, "" for fault.Other
	Handle Handler
}

// Routes are the operations of a dialect; the first that fits is meant.
type Routes struct {
	List []Route
	// Common reports whether a query parameter may stand on any request, as those of a signature do.
	Common func(name string) bool
}

// Find returns the operation that r asks for. A parameter that no operation understands makes the request one that
// is not implemented: to ignore "?retention" would turn its request into a PutObject.
func (rs Routes) Find(r *Request) (*Route, error) {
	names := rs.names(r)
	if route := rs.find(r, names); route != nil {
		return route, nil
	}
	if !slices.ContainsFunc(rs.List, func(route Route) bool { return route.Method == r.Method }) {
		return nil, MethodNotAllowed(r.Method)
	}
	return nil, NotImplemented(rs.unknown(r, names))
}

// Op returns what rules of faults call the operation that r asks for.
func (rs Routes) Op(r *Request) fault.Op {
	if route := rs.find(r, rs.names(r)); route != nil && route.Op != "" {
		return route.Op
	}
	return fault.Other
}

func (rs Routes) find(r *Request, names []string) *Route {
	for i := range rs.List {
		if rs.List[i].fits(r, names) {
			return &rs.List[i]
		}
	}
	return nil
}

// unknown says what it is in r that no operation understands.
func (rs Routes) unknown(r *Request, names []string) string {
	slices.Sort(names)
	for _, name := range names {
		if !slices.ContainsFunc(rs.List, func(route Route) bool { return route.understands(r, name) }) {
			return r.Method + " ?" + name
		}
	}
	if len(names) > 0 {
		return r.Method + " ?" + names[0]
	}
	return r.Method + " of this resource"
}

func (route *Route) understands(r *Request, name string) bool {
	return route.Method == r.Method && route.Level == r.Level() &&
		(route.Name == name || slices.Contains(route.Params, name))
}

func (rs Routes) names(r *Request) []string {
	var names []string
	for name := range r.Query {
		if !rs.Common(name) {
			names = append(names, name)
		}
	}
	return names
}

func (route *Route) fits(r *Request, names []string) bool {
	if route.Method != r.Method || route.Level != r.Level() || route.Copy != r.Copying {
		return false
	}
	if route.Name != "" && !r.Query.Has(route.Name) {
		return false
	}
	return !slices.ContainsFunc(names, func(name string) bool {
		return name != route.Name && !slices.Contains(route.Params, name)
	})
}
