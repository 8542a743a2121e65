package clients

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// backupSuffix ends the names of backups.
const backupSuffix = ".pagerduty-mcp.bak"

// An Outcome is what [Change] did to a file.
type Outcome struct {
	Path    string // the file; where it is a link, what it leads to
	Changed bool
	Created bool
	Backup  string // the file as it was before; empty if there was none
}

// attempts is how often a file that another program is writing is tried again.
const attempts = 5

// Change rewrites a file, all of it or nothing: the new text is written beside it and
// takes its place. Permissions stay, links are followed, and the text before is kept
// in a file next to it. A file that is missing is made with the permissions perm, if
// there is anything to write; its directories with those and the right to enter.
func Change(path string, perm fs.FileMode, change func(text []byte) ([]byte, error)) (Outcome, error) {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	for range attempts {
		out, err := tryChange(path, perm, change)
		if !errors.Is(err, errMoved) {
			return out, err
		}
	}
	return Outcome{Path: path}, fmt.Errorf("another program keeps writing to %s; close it and try again", path)
}

// errMoved is the error of a file that was written to in the meantime.
var errMoved = errors.New("the file has changed")

func tryChange(path string, perm fs.FileMode, change func(text []byte) ([]byte, error)) (out Outcome, err error) {
	out.Path = path
	before, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		out.Created = true
	case err != nil:
		return out, err
	}
	after, err := change(before)
	if err != nil {
		return out, fmt.Errorf("%s: %w", path, err)
	}
	if bytes.Equal(before, after) {
		out.Created = false
		return out, nil
	}
	out.Changed = true
	if out.Created {
		if err := os.MkdirAll(filepath.Dir(path), perm|perm>>2&0o111); err != nil {
			return out, err
		}
		return out, replace(path, perm, after, nil)
	}
	info, err := os.Stat(path)
	if err != nil {
		return out, err
	}
	out.Backup = path + backupSuffix
	if err := replace(out.Backup, info.Mode().Perm(), before, nil); err != nil {
		return out, fmt.Errorf("keeping a copy: %w", err)
	}
	return out, replace(path, info.Mode().Perm(), after, func() error {
		if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, before) {
			return errMoved
		}
		return nil
	})
}

// replace puts a file with text in the place of path, unless check fails at the last
// moment.
func replace(path string, perm fs.FileMode, text []byte, check func() error) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name())
		}
	}()
	_, err = file.Write(text)
	err = errors.Join(err, file.Chmod(perm), file.Sync(), file.Close())
	if err == nil && check != nil {
		err = check()
	}
	if err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
