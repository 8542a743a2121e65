package server

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
)

// watched is what was read from files, and is read again when one of them changes. Each
// use looks at the files' times and sizes: that takes microseconds, and Kubernetes, which swaps a
// link for a mounted secret, needs no other signal.
type watched[T any] struct {
	paths []string
	parse func(contents [][]byte) (T, error)
	log   *slog.Logger

	mu     sync.Mutex
	stamps []os.FileInfo // nil for a file that is not there
	value  T
}

const maxWatched = 1 << 20 // bytes of a file

// watch reads files for the first time.
func watch[T any](log *slog.Logger, parse func(contents [][]byte) (T, error), paths ...string) (*watched[T], error) {
	w := &watched[T]{paths: paths, parse: parse, log: log}
	var err error
	w.stamps, w.value, err = w.read()
	return w, err
}

// get is the present value. While the files can't be read or are wrong, it is the one
// before: a slip of the hand must not lock everybody out. The log says so, once for each
// version.
func (w *watched[T]) get() T {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.changed() {
		return w.value
	}
	stamps, value, err := w.read()
	w.stamps = stamps
	if err != nil {
		w.log.Error("a file has changed and can't be used; what it held before still counts", "error", err)
		return w.value
	}
	w.log.Info("a file has changed and was read again", "file", w.paths[0])
	w.value = value
	return w.value
}

func (w *watched[T]) changed() bool {
	for i, path := range w.paths {
		if !sameVersion(stampOf(path), w.stamps[i]) {
			return true
		}
	}
	return false
}

// stampOf tells one version of a file from another. It is nil if there is none.
func stampOf(path string) os.FileInfo {
	info, err := os.Stat(path)
	if err != nil {
		return nil
	}
	return info
}

// sameVersion reports whether two stamps are of one version. Another file in the place of
// the first may have the same size and time: keys of one kind are all as large, and what
// is unpacked has the time of its archive.
func sameVersion(a, b os.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size()
}

func (w *watched[T]) read() (stamps []os.FileInfo, value T, err error) {
	var contents [][]byte
	for _, path := range w.paths {
		stamps = append(stamps, stampOf(path)) // before it is read: a change meanwhile is one more
	}
	for _, path := range w.paths {
		data, err := readRegular(path)
		if err != nil {
			return stamps, value, fmt.Errorf("%s: %w", path, err)
		}
		contents = append(contents, data)
	}
	if value, err = w.parse(contents); err != nil {
		return stamps, value, fmt.Errorf("%s: %w", w.paths[0], err)
	}
	return stamps, value, nil
}

// readRegular reads a file, which must be one: a pipe would be waited for.
func readRegular(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, errors.New("there is no such file")
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("it is not a regular file")
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(io.LimitReader(file, maxWatched+1))
	if err == nil && len(data) > maxWatched {
		err = fmt.Errorf("it is larger than %d KiB", maxWatched>>10)
	}
	return data, err
}
