package dir

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// checkName refuses the names that Windows reserves or silently changes.
// https://learn.microsoft.com/windows/win32/fileio/naming-a-file
func checkName(name string) error {
	if i := strings.IndexAny(name, `<>:"\|?*`); i >= 0 {
		return fmt.Errorf("has %q, which Windows does not allow in names", name[i])
	}
	for _, r := range name {
		if r < ' ' {
			return fmt.Errorf("has a control character %U, which Windows does not allow in names", r)
		}
	}
	if strings.HasSuffix(name, ".") || strings.HasSuffix(name, " ") {
		return errors.New("has a segment that ends in a dot or a space, which Windows cuts off")
	}
	if !filepath.IsLocal(name) {
		return fmt.Errorf("has a segment %q, which Windows reserves", name)
	}
	return nil
}
