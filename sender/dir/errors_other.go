//go:build !windows

package dir

var systemClasses []class
