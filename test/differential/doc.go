// Package differential has several uploaders meet the same faults at the same store, and looks into the store to find
// out what came of it: who finished, who failed honestly, who lied, who hung, who lost data.
//
//	scenario × client = cell
//
//	client process ──> faultproxy ──> tally ──> devstore with a fault.Script
//	   (ours, or an official SDK)       counts bytes       │
//	                                                outcome: what is in it now
//
// Every client is a process of its own, so that a panic or a hang is seen as what it is. It uploads one file, with the
// same parts, as many of them at once, its checkpoint on, and otherwise the settings that its makers recommend. It
// exits with 0 if and only if the SDK's call returned success. Before each cell an older object lies under the key.
// A run that did not end well is repeated once without the fault and with the same checkpoint.
//
// The ordinary test has ingest alone go through the scenarios, where it may fail none: it finishes, or where nobody
// could it fails honestly, and finishes as soon as the fault is gone. With INGEST_TORTURE all clients do, which takes
// some minutes; INGEST_DIFFERENTIAL names a file for the table that comes of it:
//
//	INGEST_TORTURE=30m INGEST_DIFFERENTIAL=table.md go test -count=1 -timeout 45m -run TestDifferential ./differential
package differential
