//go:build !purego

package hasher

import "golang.org/x/sys/cpu"

// ecmaKernels holds the one kernel, where the machine has it; nearly all do.
var ecmaKernels = findECMAKernels()

func findECMAKernels() []kernel {
	if !cpu.ARM64.HasASIMD || !cpu.ARM64.HasPMULL {
		return nil
	}
	return []kernel{{"pmull", 16, foldPMULL}}
}

// foldPMULL folds 8 times 128 bits a step.
//
//go:noescape
func foldPMULL(crc uint64, p []byte) uint64
