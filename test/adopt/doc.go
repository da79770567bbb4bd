// Package adopt lets the official clients of OSS be interrupted in the middle of an upload, and the real program finish
// it out of what they left behind. The embedded store counts what it is sent.
package adopt
