//go:build !unix

package main

// ownFile reports whether a file is the user's own. Here nobody can tell.
func ownFile(string) bool { return true }
