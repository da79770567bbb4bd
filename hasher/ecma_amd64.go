//go:build !purego

package hasher

import "golang.org/x/sys/cpu"

// ecmaKernels are those that this machine has, the fastest first. Measured on a Xeon of 2023, each is the faster one
// from its first byte on: 512 bytes in 17 ns against 25, and 16 in 13 ns against 21 of the table.
var ecmaKernels = findECMAKernels()

func findECMAKernels() []kernel {
	var found []kernel
	// x/sys/cpu reports AVX-512 only where the operating system saves its registers.
	if cpu.X86.HasAVX512F && cpu.X86.HasAVX512VL && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512DQ &&
		cpu.X86.HasAVX512VPCLMULQDQ {
		found = append(found, kernel{"vpclmulqdq", 512, foldVPCLMULQDQ})
	}
	if cpu.X86.HasPCLMULQDQ {
		found = append(found, kernel{"pclmulqdq", 16, foldPCLMULQDQ})
	}
	return found
}

// foldVPCLMULQDQ folds 8 times 512 bits a step.
//
//go:noescape
func foldVPCLMULQDQ(crc uint64, p []byte) uint64

// foldPCLMULQDQ folds 8 times 128 bits a step. It needs nothing beyond SSE2 but the instruction itself.
//
//go:noescape
func foldPCLMULQDQ(crc uint64, p []byte) uint64
