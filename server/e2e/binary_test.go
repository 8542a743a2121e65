// Package e2e tests the server against what others wrote: PagerDuty's OpenAPI
// document, OpenAI's tokenizer, and MCP clients. It is a module of its own, so
// that the product does not depend on what it needs.
package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// buildDir is where the program is built; [TestMain] makes and removes it.
var buildDir string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "pagerduty-mcp-test")
	if err != nil {
		panic(err)
	}
	buildDir = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// binary builds the program, once.
var binary = sync.OnceValues(func() (string, error) {
	path := filepath.Join(buildDir, "pagerduty-mcp")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	build := exec.Command("go", "build", "-o", path, ".")
	build.Dir = filepath.Join("..", "..")
	build.Stderr = os.Stderr
	return path, build.Run()
})

func builtBinary(t *testing.T) string {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	return path
}
