package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// copyTree copies the program's module, as far as git knows its files, and returns
// where to.
func copyTree(t *testing.T) string {
	t.Helper()
	root, copied := filepath.Join("..", ".."), t.TempDir()
	list := exec.CommandContext(t.Context(), "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir, list.Stderr = root, os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	for file := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		data, err := os.ReadFile(filepath.Join(root, file))
		if os.IsNotExist(err) {
			continue // deleted, and git was not told yet
		}
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(copied, file)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return copied
}

// TestBuildsAreIdentical holds that whoever builds the same source with the same Go
// gets the same program, bit by bit: from another directory, to another directory.
func TestBuildsAreIdentical(t *testing.T) {
	t.Parallel()
	build := func(from string) []byte {
		path := filepath.Join(t.TempDir(), "pagerduty-mcp")
		build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-buildvcs=false", "-o", path, ".")
		build.Dir, build.Stderr = from, os.Stderr
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if err := build.Run(); err != nil {
			t.Fatal(err)
		}
		program, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return program
	}
	here := build(filepath.Join("..", ".."))
	elsewhere := build(copyTree(t))
	if !bytes.Equal(here, elsewhere) {
		t.Errorf("two builds of the same source differ: one has %d bytes, the other %d", len(here), len(elsewhere))
	}
	if wd, err := os.Getwd(); err != nil || bytes.Contains(here, []byte(filepath.Dir(filepath.Dir(wd)))) {
		t.Errorf("the program names the directory that it was built in (%v)", err)
	}
}
