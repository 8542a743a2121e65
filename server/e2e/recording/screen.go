package recording

import (
	"bytes"
	"errors"
	"fmt"
	"image/color"
	"io"
	"strings"
	"sync"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// A screen is an emulated terminal.
type screen struct {
	*vt.Emulator
	mu       sync.Mutex
	answered bytes.Buffer // to what programs ask the terminal
}

func newScreen(width, height int) *screen {
	s := &screen{Emulator: vt.NewEmulator(width, height)}
	go func() {
		data := make([]byte, 256)
		for {
			n, err := s.Read(data)
			s.mu.Lock()
			s.answered.Write(data[:n])
			s.mu.Unlock()
			if errors.Is(err, io.EOF) {
				return
			}
		}
	}()
	return s
}

func (s *screen) write(data []byte) { _, _ = s.Write(data) }

// replies are the answers to what programs asked the terminal.
func (s *screen) replies() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := bytes.Clone(s.answered.Bytes())
	s.answered.Reset()
	return out
}

func (s *screen) text() string { return s.String() }

// Of a cell and of the window around all of them, in pixels.
const (
	cellWidth, cellHeight = 8.4, 18.0
	margin, bar           = 16.0, 30.0
)

// The colors are those of GitHub's dark theme, with a background of their own, so that
// the picture can be read on a light page as well as on a dark one.
const background, foreground = "#0d1117", "#e6edf3"

var palette = map[color.Color]string{
	ansi.Red: "#ff7b72", ansi.Green: "#3fb950", ansi.Yellow: "#d29922", ansi.Blue: "#79c0ff", ansi.Magenta: "#d2a8ff", ansi.Cyan: "#39c5cf",
}

// rows are the lines of the screen, as markup.
func (s *screen) rows() []string {
	out := make([]string, s.Height())
	for y := range out {
		out[y] = s.row(y)
	}
	return out
}

// row is a line, a text for each run of cells that look alike.
func (s *screen) row(y int) string {
	var b strings.Builder
	for x := 0; x < s.Width(); {
		first, begin := s.CellAt(x, y), x
		var text strings.Builder
		for x < s.Width() && s.CellAt(x, y).Style.Equal(&first.Style) {
			c := s.CellAt(x, y)
			text.WriteString(c.Content)
			x += max(c.Width, 1)
		}
		b.WriteString(run(begin, x-begin, text.String(), first.Style))
	}
	return b.String()
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace

// run is a text of so many cells, which stands at a column whatever font there is.
func run(column, width int, text string, style uv.Style) string {
	fill, behind := palette[style.Fg], ""
	if fill == "" {
		fill = foreground
	}
	at := margin + float64(column)*cellWidth
	if style.Attrs&uv.AttrReverse != 0 {
		behind = fmt.Sprintf(`<rect x="%.1f" width="%.1f" height="18" fill="%s"/>`, at, float64(width)*cellWidth, fill)
		fill = background
	} else {
		trimmed := strings.TrimLeft(text, " ")
		at += float64(len(text)-len(trimmed)) * cellWidth
		width -= len(text) - len(trimmed)
		text = strings.TrimRight(trimmed, " ")
		width -= len(trimmed) - len(text)
	}
	if text == "" {
		return behind
	}
	look := ""
	if fill != foreground {
		look += fmt.Sprintf(` fill="%s"`, fill)
	}
	if style.Attrs&uv.AttrBold != 0 {
		look += ` font-weight="bold"`
	}
	if style.Attrs&uv.AttrFaint != 0 {
		look += ` opacity=".65"`
	}
	return behind + fmt.Sprintf(`<text x="%.1f" y="14" textLength="%.1f"%s>%s</text>`, at, float64(width)*cellWidth, look, escape(text))
}
