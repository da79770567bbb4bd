//go:build !linux

package bulk

import "os"

func commandLine(int) (words []byte, known bool) { return nil, false }

func peakResident(*os.ProcessState) int64 { return 0 }
