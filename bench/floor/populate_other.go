//go:build unix && !linux

package main

const populate = 0
