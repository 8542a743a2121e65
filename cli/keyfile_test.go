package cli_test

import (
	bytesof "encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// TestKeyFiles reads keys from files as editors, shells and systems write them.
func TestKeyFiles(t *testing.T) {
	t.Parallel()
	box, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.Close)
	wide := func(order bytesof.AppendByteOrder, text string) []byte {
		var data []byte
		for _, unit := range utf16.Encode([]rune(text)) {
			data = order.AppendUint16(data, unit)
		}
		return data
	}
	const mark, key = "\ufeff", sandbox.UserKey
	for name, content := range map[string][]byte{
		"line feed":                []byte(key + "\n"),
		"none":                     []byte(key),
		"CRLF":                     []byte(key + "\r\n"),
		"blank lines":              []byte("\n\n" + key + "\n\n"),
		"mark":                     []byte(mark + key + "\r\n"),
		"UTF-16, little":           wide(bytesof.LittleEndian, mark+key+"\r\n"),
		"UTF-16, big":              wide(bytesof.BigEndian, mark+key+"\r\n"),
		"UTF-16, without a mark":   wide(bytesof.LittleEndian, key+"\r\n"),
		"quotes":                   []byte(`"` + key + `"` + "\n"),
		"typographic quotes":       []byte(" “" + key + "” "),
		"UTF-16 and curly quotes":  wide(bytesof.LittleEndian, mark+"‘"+key+"’\r\n"),
		"the header":               []byte("Authorization: Token token=" + key + "\n"),
		"Bearer and a white space": []byte("\tBearer  " + key + " \n"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, "..data-key")
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			if runtime.GOOS != "windows" { // as Kubernetes mounts secrets
				link := filepath.Join(dir, "key")
				if err := os.Symlink("..data-key", link); err != nil {
					t.Fatal(err)
				}
				path = link
			}
			code, stdout, stderr := launch(t, []string{"PAGERDUTY_USER_API_KEY_FILE= \"" + path + "\" ", "PAGERDUTY_API_HOST=\"" + box.URL() + "\""}, "call", "get_user_data")
			if code != 0 || !strings.Contains(stdout, "Ana Souza") || stderr != "" {
				t.Errorf("exit code %d, %q, %q", code, stdout, stderr)
			}
		})
	}
}
