package clients

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestChange has another program that writes to the file in the meantime.
func TestChange(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "new", "file")
	add := func(what string) func([]byte) ([]byte, error) {
		return func(text []byte) ([]byte, error) { return append(text, what...), nil }
	}
	out, err := Change(path, 0o600, add("a"))
	if err != nil || !out.Changed || !out.Created || out.Backup != "" {
		t.Errorf("%+v, %v", out, err)
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
		t.Errorf("the directory: %v, %v", info.Mode(), err)
	}
	if out, err := Change(path, 0o600, add("")); err != nil || out.Changed || out.Backup != "" {
		t.Errorf("nothing to change: %+v, %v", out, err)
	}
	other := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Error(err)
		}
	}
	calls := 0
	out, err = Change(path, 0o600, func(text []byte) ([]byte, error) {
		if calls++; calls == 1 {
			other("other")
		}
		return append(text, "b"...), nil
	})
	if err != nil || calls != 2 || content(t, path) != "otherb" || content(t, out.Backup) != "other" {
		t.Errorf("%v, %d calls, %q", err, calls, content(t, path))
	}
	calls = 0
	_, err = Change(path, 0o600, func(text []byte) ([]byte, error) {
		calls++
		other(strings.Repeat("x", calls))
		return append(text, "c"...), nil
	})
	if err == nil || !strings.Contains(err.Error(), "another program") || calls != attempts || content(t, path) != "xxxxx" {
		t.Errorf("%v, %d calls, %q", err, calls, content(t, path))
	}
	broken := errors.New("broken")
	if _, err := Change(path, 0o600, func([]byte) ([]byte, error) { return nil, broken }); !errors.Is(err, broken) || !strings.Contains(err.Error(), path) {
		t.Errorf("%v", err)
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 2 {
		t.Errorf("files are left over: %v, %v", entries, err)
	}
}

func content(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
