// Package requests lets the vendors' own clients and ours do the same, records what each puts on the wire, and holds
// the records against each other. What differs must be in a list, with the reason; what is in the list must differ.
package requests
