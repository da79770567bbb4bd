//go:build purego || (!amd64 && !arm64)

package hasher

// ecmaKernels is empty: the table takes everything.
var ecmaKernels []kernel
