// Package lab runs the real program against the embedded store, or a directory, does something bad to it, and judges
// what came of it.
//
//	Lab ──── the program, built once; a store; sources that a seed makes, so that nobody has to keep their bytes
//	 └ Trial ── one job of all the sources, with a place of its own in the store: manifest, journal, report, folder
//	     ├ Run ────── the program once, to its end, or to what was done to it
//	     └ Finish ─── the program once more, left alone: then everything has to be there
//
// What has to hold always is looked at after every Run, and needs no asking for: the exit code is one of the table, or
// the process died of the signal that it was sent; nothing panicked; it did not hang; no secret is in anything that it
// said or wrote, nor in its command line; what it wrote is for its user's eyes only.
//
// Everything random comes from one seed, which is printed: INGEST_SEED repeats it. INGEST_TORTURE is how long the long
// form of a test may take (20m); without it tests take their short form. With INGEST_RACE the program is built with the
// race detector.
package lab
