package cli

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
)

// maxKeyFile is more than any key takes, in bytes.
const maxKeyFile = 64 << 10

// readFile reads a file of at most so many bytes. It reads nothing but regular files and
// links to them: opening a named pipe waits for whoever writes into it, perhaps for ever,
// and what comes out of a device ends never.
func readFile(path string, most int64) (data []byte, info fs.FileInfo, err error) {
	info, err = os.Stat(path)
	if err != nil {
		return nil, nil, fmt.Errorf("%w%s", pathless(err), pathHint(path))
	}
	if !info.Mode().IsRegular() {
		return nil, nil, errors.New(kindOfFile(info.Mode()))
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, pathless(err)
	}
	defer func() { _ = file.Close() }()
	data, err = io.ReadAll(io.LimitReader(file, most+1))
	switch {
	case err != nil:
		return nil, nil, pathless(err)
	case int64(len(data)) > most:
		return nil, nil, fmt.Errorf("it is larger than %d KiB", most>>10)
	}
	return data, info, nil
}

// readKeyFile returns the text of a file that holds a key, and a warning, empty
// if there is none.
func readKeyFile(path string) (text, warning string, err error) {
	data, info, err := readFile(path, maxKeyFile)
	if err != nil {
		return "", "", err
	}
	if text, err = decodeText(data); err != nil {
		return "", "", err
	}
	if strings.TrimSpace(text) == "" {
		return "", "", errors.New("it is empty")
	}
	if mode := info.Mode().Perm(); mode&0o044 != 0 && runtime.GOOS != "windows" {
		warning = fmt.Sprintf("others can read %s (mode %04o), which holds your API key; run: chmod 600 %s", path, mode, path)
	}
	return text, warning, nil
}

// pathless is the cause of an error about a file, without the path, which the
// caller names.
func pathless(err error) error {
	var failed *fs.PathError
	if errors.As(err, &failed) {
		return failed.Err
	}
	return err
}

// pathHint says what may be wrong with a path at which there is no file.
func pathHint(path string) string {
	if what := pdapi.Placeholder(path); what != "" {
		return "; the path " + what
	}
	if strings.HasPrefix(path, "~") {
		return "; only a shell knows what ~ means, so write the whole path"
	}
	return ""
}

// kindOfFile says what a file is that is not a regular one.
func kindOfFile(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "it is a directory"
	case mode&fs.ModeNamedPipe != 0:
		return "it is a pipe, which this program does not wait for; " +
			"write the key to a file, or have a shell put it into " + envKey + `, as in ` + envKey + `="$(command)"`
	case mode&fs.ModeSocket != 0:
		return "it is a socket"
	case mode&fs.ModeDevice != 0:
		return "it is a device"
	}
	return "it is not a regular file"
}

// decodeText reads a text in UTF-8 or UTF-16, which PowerShell's > writes.
func decodeText(data []byte) (string, error) {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}):
		order, data = binary.LittleEndian, data[2:]
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		order, data = binary.BigEndian, data[2:]
	case len(data) > 1 && data[0] != 0 && data[1] == 0: // no key has such a character: UTF-16 without a mark
		order = binary.LittleEndian
	case len(data) > 1 && data[0] == 0 && data[1] != 0:
		order = binary.BigEndian
	}
	if order == nil {
		if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
			return "", errors.New("it does not hold text in UTF-8 or UTF-16; save it as plain text")
		}
		return string(data), nil
	}
	if len(data)%2 != 0 {
		return "", errors.New("it seems to hold text in UTF-16, but half a character is missing; save it as plain text in UTF-8")
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return string(utf16.Decode(units)), nil
}
