// Package torture kills and starves the real program: at random instants, at every system call, with every call failing,
// on full disks, without memory, descriptors and folders. Whatever was done to it, a run that is left alone has to end
// with everything in the store, whole, and nothing left behind; see package lab for what is looked at.
//
// Tests take some seconds each. INGEST_TORTURE=20m gives each of them its long form, for so long at most; INGEST_SEED
// repeats what was random. What was done is told by the last line of each test.
package torture
