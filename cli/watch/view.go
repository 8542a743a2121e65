package watch

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// View implements [tea.Model].
func (m *model) View() tea.View {
	v := tea.NewView(m.draw())
	v.AltScreen, v.WindowTitle = true, "PagerDuty"
	return v
}

// Colors of the terminal's own palette, so that they suit its background.
var (
	red    = ansi.NewStyle().ForegroundColor(ansi.Red)
	yellow = ansi.NewStyle().ForegroundColor(ansi.Yellow)
	bold   = ansi.NewStyle().Bold()
	faint  = ansi.NewStyle().Faint()
	chosen = ansi.NewStyle().Reverse(true)
)

// draw is the whole screen.
func (m *model) draw() string {
	width, height := m.width, m.height
	if width < 1 || height < 1 { // not known yet
		width, height = 80, 24
	}
	now := m.Now()
	lines := []string{m.title(now), ""}
	room := max(height-len(lines)-3, 1)
	first := 0
	if at := m.position(); at >= room {
		first = at - room + 1
	}
	listed := m.incidents[min(first, len(m.incidents)):min(first+room, len(m.incidents))]
	widest := 0
	for _, i := range listed {
		widest = max(widest, ansi.StringWidth(i.tail(now)))
	}
	for _, i := range listed {
		lines = append(lines, m.row(i, now, width, widest))
	}
	switch {
	case m.looked.IsZero() && m.trouble == nil:
		lines = append(lines, faint.Styled("asking PagerDuty …"))
	case len(m.incidents) == 0 && !m.looked.IsZero():
		lines = append(lines, "Nothing is open.")
	}
	for len(lines) < height-2 {
		lines = append(lines, "")
	}
	lines = append(lines, m.prompt(), faint.Styled("a acknowledge  r resolve  n note  enter open  ↑↓ choose  R look now  q end"))
	for i, l := range lines {
		lines[i] = ansi.Truncate(l, width, "…")
	}
	return strings.Join(lines, "\n")
}

// title says how much is open, and how old that is.
func (m *model) title(now time.Time) string {
	triggered := 0
	for _, i := range m.incidents {
		if i.Status == "triggered" {
			triggered++
		}
	}
	title := bold.Styled(fmt.Sprintf("%d open", len(m.incidents))) + fmt.Sprintf("%s, %d of them taken by nobody", more(m.besides), triggered)
	if m.looked.IsZero() {
		title = bold.Styled("Open incidents")
	}
	if m.trouble != nil {
		state := "nothing could be read yet"
		if !m.looked.IsZero() {
			state = fmt.Sprintf("this is %s old", age(now.Sub(m.looked)))
		}
		title += "   " + red.Styled(state+": "+oneLine(m.trouble.Error()))
	}
	return title
}

// tail is the end of an incident's line.
func (i Incident) tail(now time.Time) string {
	if next := i.next(now); next != "" {
		return "  " + i.who() + ", " + next
	}
	return "  " + i.who()
}

// row is an incident as a line: what matters most stands first, since the end of the
// line is cut where the terminal is narrow. widest is how wide the widest tail is.
func (m *model) row(i Incident, now time.Time, width, widest int) string {
	mark := " "
	if m.isNew(i) {
		mark = "*"
	}
	state := map[string]string{"triggered": "TRIG", "acknowledged": "ack"}[i.Status]
	head := fmt.Sprintf("%s %-6s %-4s %-4s %6s  ", mark, fmt.Sprintf("#%d", i.Number), state, ansi.Truncate(i.label(), 4, ""), age(now.Sub(i.CreatedAt)))
	left := width - ansi.StringWidth(head)
	room := max(left-widest, left/2, 24)
	title, tail := fill(i.Title, room), fill(i.tail(now), min(widest, left-room))
	line := head + title + tail
	switch {
	case i.ID == m.selected:
		return chosen.Styled(ansi.Truncate(line, width, "…"))
	case i.Status == "triggered" && i.Urgency == "high":
		line = red.Styled(head) + title + faint.Styled(tail)
	case i.Status == "triggered":
		line = yellow.Styled(head) + title + faint.Styled(tail)
	default:
		line = head + title + faint.Styled(tail)
	}
	if m.isNew(i) {
		line = bold.Styled(line)
	}
	return line
}

// fill is a text that takes so many columns: cut, or with blanks behind it.
func fill(text string, width int) string {
	text = ansi.Truncate(text, max(width, 0), "…")
	return text + strings.Repeat(" ", max(width-ansi.StringWidth(text), 0))
}

// prompt is what the person is asked or told.
func (m *model) prompt() string {
	switch {
	case m.busy:
		return "sending …"
	case m.question != nil:
		return bold.Styled(oneLine(m.question.text) + " [y/N]")
	case m.note != nil:
		return bold.Styled(fmt.Sprintf("Note for #%d: ", m.note.of.Number)) + oneLine(string(m.note.text)) + "▏" + faint.Styled("  enter to go on, esc to leave it")
	}
	return oneLine(m.said)
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
