package reader

import (
	"os"

	"golang.org/x/sys/windows"
)

// numbers returns the volume's serial number and the file's index on it.
func numbers(f *os.File) (device, inode uint64, err error) {
	var info windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(windows.Handle(f.Fd()), &info); err != nil {
		return 0, 0, err
	}
	return uint64(info.VolumeSerialNumber), uint64(info.FileIndexHigh)<<32 | uint64(info.FileIndexLow), nil
}
