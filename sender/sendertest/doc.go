// Package sendertest holds what tests of stores and of their callers share: a conformance suite that every
// [sender.Store] passes, a store in memory, and faults.
//
// A new store gets all its tests from this:
//
//	func TestStore(t *testing.T) {
//		sendertest.Run(t, func(t *testing.T) sendertest.Subject {
//			s, err := mystore.New(...)
//			...
//			return sendertest.Subject{Store: s, Read: func(key string) ([]byte, error) { ... }}
//		})
//	}
//
// The law of the package: a test here states what the contract in package sender says, and nothing that only one
// store does. What a store may leave out, its [Subject] says.
//
// It is imported by tests only.
package sendertest
