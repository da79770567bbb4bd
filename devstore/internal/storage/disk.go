package storage

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

const (
	fileMode = 0o600
	dirMode  = 0o700
)

// disk is how files become durable. With noSync it leaves that to the operating system.
type disk struct{ noSync bool }

func (d disk) syncFile(f *os.File) error {
	if d.noSync {
		return nil
	}
	return f.Sync()
}

// syncDir makes the names in a directory durable. Windows cannot do that, and does not need it.
func (d disk) syncDir(dir string) error {
	if d.noSync || runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// makeDir makes a directory, durably, if it is not there.
func (d disk) makeDir(dir string) error {
	err := os.Mkdir(dir, dirMode)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return d.syncDir(filepath.Dir(dir))
}

// create makes a new file. Nothing of that name may be there.
func (d disk) create(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, fileMode)
}

// finish makes a file that was written durable and closes it. Its name is durable after syncDir.
func (d disk) finish(f *os.File) error {
	return errors.Join(d.syncFile(f), f.Close())
}

// publish moves a durable file or directory to where it is looked for. moved tells whether it is visible there,
// which it may be even when the error says that this is not durable.
func (d disk) publish(temp, path string) (moved bool, err error) {
	if err := os.Rename(temp, path); err != nil {
		return false, err
	}
	return true, d.syncDir(filepath.Dir(path))
}

// writeRecord writes a durable file of one line of JSON and the content behind it.
func (d disk) writeRecord(path string, record any, content []byte) error {
	line, err := json.Marshal(record)
	if err != nil {
		return err
	}
	f, err := d.create(path)
	if err != nil {
		return err
	}
	_, err = f.Write(append(line, '\n'))
	if err == nil {
		_, err = f.Write(content)
	}
	return errors.Join(err, d.finish(f))
}

// readRecord reads the line of a record, and returns what stands behind it up to n bytes.
func readRecord(path string, record any, n func() int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	in := bufio.NewReader(f)
	line, err := in.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, record)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrDamaged, path, err)
	}
	return readContent(in, path, n())
}
