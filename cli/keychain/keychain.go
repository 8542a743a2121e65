// Package keychain keeps the API key between runs: in the system's keychain, or where
// there is none in a file that its owner alone can read.
package keychain

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/zalando/go-keyring"
)

// Under these the key is in the keychain.
const (
	service = "pagerduty-mcp"
	account = "api-key"
)

// How long a keychain may take, which may wait for a person to unlock it: when the key
// is read an MCP client waits, too; when it is changed somebody is there.
const (
	patience = 10 * time.Second
	attended = 2 * time.Minute
)

// ErrNone is the error of a key that is not there.
var ErrNone = errors.New("no key is stored")

// A Store says where keys may be.
type Store struct {
	// System is the operating system, as runtime.GOOS names it.
	System string
	// Off leaves the keychain alone, so that there are only files.
	Off bool
	// Files may hold the key. It is written into the first.
	Files []string
	// Bus reports whether there is a session bus. The library for Linux starts one
	// where there is none, which would outlive this program.
	Bus func() bool
}

// A Place is where a key is.
type Place struct {
	Keychain bool
	Path     string // of the file, if it is in one
}

func (p Place) String() string {
	if p.Keychain {
		return "the system's keychain"
	}
	return p.Path
}

// Load returns the key, from a file that read can read or from the keychain. A file
// comes first: it is newer, because [Store.Save] deletes files when it can use the
// keychain. Load fails with [ErrNone] if there is no key. If the keychain can't be
// read the error says so, and wraps ErrNone too.
func (s Store) Load(ctx context.Context, read func(path string) (string, error)) (secret string, place Place, err error) {
	for _, path := range s.Files {
		if _, err := os.Lstat(path); err == nil {
			secret, err = read(path)
			return secret, Place{Path: path}, err
		}
	}
	got := make(chan string, 1) // the work may go on when nobody waits for it any more
	err = s.use(ctx, patience, func() error {
		secret, err := keyring.Get(service, account)
		got <- secret
		return err
	})
	switch {
	case err == nil:
		return <-got, Place{Keychain: true}, nil
	case errors.Is(err, errAbsent) || errors.Is(err, keyring.ErrNotFound):
		return "", Place{}, ErrNone
	}
	return "", Place{}, fmt.Errorf("%w that can be read: %w", ErrNone, err)
}

// Save stores the key, in place of another one. If it goes into a file, why says why
// not into the keychain.
func (s Store) Save(ctx context.Context, secret string) (place Place, why error, err error) {
	why = s.use(ctx, attended, func() error { return keyring.Set(service, account, secret) })
	switch {
	case why == nil:
		return Place{Keychain: true}, nil, s.deleteFiles(nil)
	case ctx.Err() != nil: // somebody gave up
		return Place{}, nil, context.Cause(ctx)
	}
	if len(s.Files) == 0 {
		return Place{}, why, errors.New("there is no home directory to keep it in: neither HOME nor USERPROFILE is set")
	}
	path := s.Files[0]
	if err := write(path, secret); err != nil {
		return Place{}, why, err
	}
	return Place{Path: path}, why, nil
}

// write puts a file that its owner alone can read in the place of path.
func write(path, secret string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(dir, ".key.*") // mode 0600
	if err != nil {
		return err
	}
	_, err = file.WriteString(secret + "\n")
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}

// Delete takes the key away wherever it is, and returns the places where it was. It
// fails with [ErrNone] if there was none.
func (s Store) Delete(ctx context.Context) (places []Place, err error) {
	err = s.use(ctx, attended, func() error { return keyring.Delete(service, account) })
	switch {
	case err == nil:
		places = append(places, Place{Keychain: true})
	case errors.Is(err, errAbsent) || errors.Is(err, keyring.ErrNotFound):
		err = nil
	}
	err = errors.Join(err, s.deleteFiles(func(path string) { places = append(places, Place{Path: path}) }))
	if err == nil && len(places) == 0 {
		err = ErrNone
	}
	return places, err
}

func (s Store) deleteFiles(deleted func(path string)) error {
	var failed error
	for _, path := range s.Files {
		err := os.Remove(path)
		if err == nil && deleted != nil {
			deleted(path)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

// errAbsent is the error of a keychain that is not there.
var errAbsent = errors.New("this system has no keychain that can be reached")

// use works with the keychain, as long as that may take.
func (s Store) use(ctx context.Context, most time.Duration, work func() error) error {
	switch {
	case s.Off:
		return fmt.Errorf("%w: it is switched off", errAbsent)
	case s.System != "darwin" && s.System != "windows" && s.Bus != nil && !s.Bus():
		return fmt.Errorf("%w: there is no session bus", errAbsent)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, most, fmt.Errorf("the keychain has not answered for %v; it may be waiting to be unlocked", most))
	defer cancel()
	done := make(chan error, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil { // the library trusts what a service answers
				done <- fmt.Errorf("the keychain gave an answer that makes no sense: %v", r)
			}
		}()
		done <- work()
	}()
	select {
	case err := <-done:
		if err != nil && !errors.Is(err, keyring.ErrNotFound) {
			return fmt.Errorf("the keychain: %w", err)
		}
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
