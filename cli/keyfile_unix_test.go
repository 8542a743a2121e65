//go:build unix

package cli_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// TestWhatIsNoKeyFile gives files that can't hold a key; none holds up the start.
func TestWhatIsNoKeyFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := syscall.Mkfifo(at("fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	socket, err := net.Listen("unix", at("socket"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = socket.Close() })
	for name, content := range map[string]string{
		"empty": "", "blank": "\ufeff \r\n", "large": strings.Repeat("u", 65<<10), "binary": "\x7fELF\x00\x01\x02\x03\x04", "half": "\xff\xfeu\x00+",
	} {
		if err := os.WriteFile(at(name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("fifo", at("link")); err != nil {
		t.Fatal(err)
	}
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = reader.Close(), writer.Close() })
	for path, want := range map[string]string{
		at("fifo"): "pipe", at("link"): "pipe", at("socket"): "socket", dir: "directory", "/dev/zero": "device", "/dev/null": "device",
		fmt.Sprintf("/dev/fd/%d", reader.Fd()): "pipe", at("empty"): "empty", at("blank"): "empty", at("large"): "larger than 64 KiB", at("binary"): "plain text",
		at("half"): "half a character", at("missing"): "no such file",
	} {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			if strings.HasPrefix(path, "/dev/fd") && runtime.GOOS != "linux" {
				t.Skip("only here it shows what it is")
			}
			code, stdout, stderr := inside(t, bare("PAGERDUTY_USER_API_KEY_FILE="+path), hello, "incidents")
			if code != 2 || stdout != "" || !strings.Contains(stderr, want) || !strings.Contains(stderr, "PAGERDUTY_USER_API_KEY_FILE") || !strings.Contains(stderr, path) {
				t.Errorf("exit code %d, %q, %q; want 2 and %q", code, stdout, stderr, want)
			}
		})
	}
}
