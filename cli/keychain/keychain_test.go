package keychain

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/zalando/go-keyring"
)

func read(path string) (string, error) {
	text, err := os.ReadFile(path)
	return strings.TrimSpace(string(text)), err
}

// TestStore goes through a life of a key. The library has one keychain for a process,
// so that these tests can't run side by side.
func TestStore(t *testing.T) {
	dir := t.TempDir()
	s := Store{System: runtime.GOOS, Files: []string{filepath.Join(dir, "pagerduty-mcp", "key"), filepath.Join(dir, "other", "key")}}
	load := func(want, where string) {
		t.Helper()
		secret, place, err := s.Load(t.Context(), read)
		if err != nil || secret != want || place.String() != where {
			t.Errorf("%q from %v, %v; want %q from %s", secret, place, err, want, where)
		}
	}
	keyring.MockInit()
	if _, _, err := s.Load(t.Context(), read); !errors.Is(err, ErrNone) {
		t.Errorf("an empty keychain: %v", err)
	}
	if place, why, err := s.Save(t.Context(), "first"); err != nil || why != nil || !place.Keychain {
		t.Error(place, why, err)
	}
	load("first", "the system's keychain")

	// Over ssh, say, the keychain is out of reach; the key stored then is the newer one.
	s.Off = true
	place, why, err := s.Save(t.Context(), "second")
	if err != nil || why == nil || place.Path != s.Files[0] {
		t.Fatal(place, why, err)
	}
	info, err := os.Stat(place.Path)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the file's mode is %v, %v", info.Mode(), err)
	}
	load("second", s.Files[0])
	s.Off = false
	load("second", s.Files[0])

	if _, _, err := s.Save(t.Context(), "third"); err != nil {
		t.Fatal(err)
	}
	load("third", "the system's keychain")
	if _, err := os.Stat(s.Files[0]); !os.IsNotExist(err) {
		t.Errorf("the file with the old key is still there: %v", err)
	}
	if places, err := s.Delete(t.Context()); err != nil || len(places) != 1 {
		t.Error(places, err)
	}
	if _, err := s.Delete(t.Context()); !errors.Is(err, ErrNone) {
		t.Errorf("deleting it twice: %v", err)
	}
}

// TestTrouble has keychains that are broken, absent or silent.
func TestTrouble(t *testing.T) {
	s := Store{System: runtime.GOOS, Files: []string{filepath.Join(t.TempDir(), "key")}}
	keyring.MockInitWithError(errors.New("it is on fire"))
	if _, _, err := s.Load(t.Context(), read); !errors.Is(err, ErrNone) || !strings.Contains(err.Error(), "on fire") {
		t.Errorf("%v", err)
	}
	if place, why, err := s.Save(t.Context(), "k"); err != nil || place.Path == "" || !strings.Contains(why.Error(), "on fire") {
		t.Error(place, why, err)
	}
	if places, err := s.Delete(t.Context()); err == nil || len(places) != 1 {
		t.Errorf("%v, %v; want the file's deletion, and the keychain's trouble", places, err)
	}
	gone, leave := context.WithCancelCause(t.Context())
	leave(errors.New("somebody gave up"))
	if place, _, err := s.Save(gone, "k"); err == nil || !strings.Contains(err.Error(), "gave up") {
		t.Errorf("stored in %v after somebody gave up, %v", place, err)
	}
	s.System, s.Bus = "linux", func() bool { return false }
	if _, _, err := s.Load(t.Context(), read); err != ErrNone { //nolint:errorlint // nothing else is said
		t.Errorf("without a session bus: %v", err)
	}
	s.Files = nil
	if _, _, err := s.Save(t.Context(), "k"); err == nil || !strings.Contains(err.Error(), "HOME") {
		t.Errorf("without a home: %v", err)
	}
	if err := (Store{}).use(t.Context(), patience, func() error { panic("an odd answer") }); err == nil || !strings.Contains(err.Error(), "odd answer") {
		t.Errorf("%v", err)
	}
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		err := Store{}.use(t.Context(), patience, func() error { <-release; return nil })
		if err == nil || !strings.Contains(err.Error(), "unlock") {
			t.Errorf("a keychain that does not answer: %v", err)
		}
		close(release)
	})
}
