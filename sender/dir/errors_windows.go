package dir

import (
	"golang.org/x/sys/windows"

	"github.com/ingest-dev/ingest/sender"
)

var systemClasses = []class{
	{windows.ERROR_DISK_FULL, sender.StopRun, "make room on the disk"},
	{windows.ERROR_HANDLE_DISK_FULL, sender.StopRun, "make room on the disk"},
	{windows.ERROR_WRITE_PROTECT, sender.StopRun, "the disk is write-protected"},
	{windows.ERROR_SHARING_VIOLATION, sender.TryAgain, "another program has the file open"},
	{windows.ERROR_LOCK_VIOLATION, sender.TryAgain, "another program has the file locked"},
}
