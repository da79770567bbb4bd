// Package architecture holds the test that keeps the packages' import directions: who may know of whom.
package architecture
