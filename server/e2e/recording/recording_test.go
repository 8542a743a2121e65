package recording

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/PagerDuty/pagerduty-mcp/cli" // testdata/clocked needs it, where 'go mod tidy' does not look
)

var (
	update = flag.Bool("update", false, "draw the picture in the documentation anew")
	each   = flag.String("frames", "", "write each frame as a picture of its own into this directory")
)

// TestPictureIsUpToDate plays the session again: the picture in the documentation has to
// be what it looks like now.
func TestPictureIsUpToDate(t *testing.T) {
	t.Parallel()
	frames, err := Record(t.Context(), t.TempDir(), os.Getenv("PATH"))
	if err != nil {
		t.Fatal(err)
	}
	got, file := Draw(frames), filepath.Join("..", "..", "..", "docs", "outage.svg")
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for n := range frames {
		if *each != "" {
			if err := os.WriteFile(filepath.Join(*each, fmt.Sprintf("frame%02d.svg", n+1)), Draw(frames[n:n+1]), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n")), got) {
		t.Errorf("docs/outage.svg is not what the program shows now (%v); look at it after: task update", err)
	}
	for _, found := range []string{"taken by nobody", "Deployed payments-api 412", "rolled payments-api back", "Do it? [y/N] y"} {
		if !strings.Contains(string(got), found) {
			t.Errorf("the picture does not show %q", found)
		}
	}
	var all time.Duration
	for _, f := range frames {
		all += f.last
	}
	if all > time.Minute {
		t.Errorf("it takes %v to look at", all)
	}
	decoder := xml.NewDecoder(bytes.NewReader(got))
	for err == nil {
		_, err = decoder.Token()
	}
	if !errors.Is(err, io.EOF) {
		t.Errorf("it is no XML: %v", err)
	}
}

// TestStyles draws a line with all that a terminal's line has.
func TestStyles(t *testing.T) {
	t.Parallel()
	s := newScreen(20, 1)
	s.write([]byte("a\x1b[31m<b>\x1b[0m \x1b[1mB\x1b[0m \x1b[2mf\x1b[0m \x1b[7m r \x1b[0m"))
	row := s.rows()[0]
	for _, want := range []string{
		`<text x="16.0" y="14" textLength="8.4">a</text>`,
		`textLength="25.2" fill="#ff7b72">&lt;b&gt;</text>`,
		`font-weight="bold">B</text>`,
		`opacity=".65">f</text>`,
		`<rect x="91.6" width="25.2" height="18" fill="#e6edf3"/>`,
		`fill="#0d1117"> r </text>`,
	} {
		if !strings.Contains(row, want) {
			t.Errorf("%s lacks %s", row, want)
		}
	}
}
