package watch

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
)

// Screen fills the terminal with the open incidents until the person ends it.
func Screen(ctx context.Context, in io.Reader, out io.Writer, environ []string, o Options) error {
	m := &model{Options: o, ctx: ctx, firstSeen: map[string]time.Time{}}
	_, err := tea.NewProgram(m, tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(out), tea.WithEnvironment(environ)).Run()
	if ctx.Err() == nil { // otherwise a signal ended it
		return err
	}
	return nil
}

// model is what the screen shows.
type model struct {
	Options
	ctx           context.Context
	width, height int

	incidents []Incident
	besides   int
	looked    time.Time // when the incidents were read; zero until then
	trouble   error     // why they could not be read the last time
	firstSeen map[string]time.Time
	selected  string // the id of the incident that keys mean

	question *question // what the person is asked
	note     *draft    // the note that is being written
	said     string    // what came of the last key
	busy     bool      // something is being sent
}

// question asks whether to do something. Only y does it.
type question struct {
	text string
	do   func(ctx context.Context) error
	done string // what to say when it was done
}

// draft is a note that is being written.
type draft struct {
	of   Incident
	text []rune
}

// What happens: the account was read, something was done, and time passed.
type (
	read struct {
		incidents []Incident
		besides   int
		err       error
		at        time.Time
	}
	done struct {
		said string
		err  error
	}
	tick struct{}
	poll struct{}
)

// Init implements [tea.Model].
func (m *model) Init() tea.Cmd { return tea.Batch(m.read, everySecond()) }

// everySecond has the ages go on.
func everySecond() tea.Cmd { return tea.Tick(time.Second, func(time.Time) tea.Msg { return tick{} }) }

func (m *model) read() tea.Msg {
	incidents, besides, err := m.Account.Open(m.ctx)
	return read{incidents, besides, err, m.Now()}
}

// Update implements [tea.Model].
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tick:
		return m, everySecond()
	case poll:
		return m, m.read
	case read:
		m.take(msg)
		return m, tea.Tick(m.Every, func(time.Time) tea.Msg { return poll{} })
	case done:
		m.busy, m.said = false, msg.said
		if msg.err != nil {
			m.said = msg.err.Error()
		}
		return m, m.once
	case once:
		m.take(read(msg))
	case tea.PasteMsg:
		if m.note != nil {
			m.note.text = append(m.note.text, []rune(strings.ReplaceAll(msg.Content, "\r", ""))...)
		}
	case tea.KeyPressMsg:
		return m, m.press(msg)
	}
	return m, nil
}

// once is a look at the account besides the regular ones.
type once read

func (m *model) once() tea.Msg { return once(m.read().(read)) }

// take shows what was read. What could not be read leaves the incidents as they were.
func (m *model) take(r read) {
	if m.trouble = r.err; r.err != nil {
		return
	}
	first := m.looked.IsZero()
	m.incidents, m.besides, m.looked = r.incidents, r.besides, r.at
	inOrder(m.incidents)
	for _, i := range m.incidents {
		if _, known := m.firstSeen[i.ID]; !known && first {
			m.firstSeen[i.ID] = time.Time{}
		} else if !known {
			m.firstSeen[i.ID] = r.at
		}
	}
	if m.position() < 0 && len(m.incidents) > 0 && m.question == nil && m.note == nil {
		m.selected = m.incidents[0].ID
	}
}

// isNew reports whether an incident came in the last minutes, while this was on.
func (m *model) isNew(i Incident) bool {
	seen := m.firstSeen[i.ID]
	return !seen.IsZero() && m.Now().Sub(seen) < 3*time.Minute
}

// position is where the selected incident is, or -1.
func (m *model) position() int {
	return slices.IndexFunc(m.incidents, func(i Incident) bool { return i.ID == m.selected })
}

func (m *model) move(by int) {
	if len(m.incidents) > 0 {
		m.selected = m.incidents[min(max(m.position()+by, 0), len(m.incidents)-1)].ID
	}
}

// press does what a key means.
func (m *model) press(key tea.KeyPressMsg) tea.Cmd {
	name := key.String()
	switch {
	case name == "ctrl+c":
		return tea.Quit
	case m.busy:
		return nil // one thing after the other
	case m.question != nil:
		return m.answer(name)
	case m.note != nil:
		m.write(key)
		return nil
	}
	m.said = ""
	switch name {
	case "q":
		return tea.Quit
	case "up", "k":
		m.move(-1)
	case "down", "j":
		m.move(1)
	case "home", "g":
		m.move(-len(m.incidents))
	case "end", "G":
		m.move(len(m.incidents))
	case "R", "f5":
		return m.once
	case "a", "r", "n", "enter":
		m.start(name)
	}
	return nil
}

// start begins what a key asks for: a question, or the writing of a note.
func (m *model) start(key string) {
	n := m.position()
	if n < 0 {
		m.said = "no incident is chosen"
		return
	}
	i := m.incidents[n]
	named := fmt.Sprintf("#%d %q", i.Number, i.Title)
	if key == "enter" {
		m.ask("Open the page of "+named+" in the browser?", "opened", func(context.Context) error { return m.Account.Browse(i.URL) })
		return
	}
	if err := m.Account.MayWrite(); err != nil {
		m.said = err.Error()
		return
	}
	switch {
	case key == "a" && i.Status == "acknowledged":
		m.said = fmt.Sprintf("#%d is acknowledged already", i.Number)
	case key == "a":
		m.ask("Acknowledge "+named+"?", fmt.Sprintf("#%d is acknowledged", i.Number), func(ctx context.Context) error { return m.Account.Acknowledge(ctx, i.ID) })
	case key == "r":
		m.ask("Resolve "+named+"?", fmt.Sprintf("#%d is resolved", i.Number), func(ctx context.Context) error { return m.Account.Resolve(ctx, i.ID) })
	case key == "n":
		m.note = &draft{of: i}
	}
}

func (m *model) ask(text, said string, do func(context.Context) error) {
	m.question = &question{text, do, said}
}

// answer takes the answer to the question: y does it, everything else doesn't.
func (m *model) answer(key string) tea.Cmd {
	q := m.question
	m.question = nil
	if key != "y" && key != "Y" {
		m.said = "nothing was done"
		return nil
	}
	m.busy = true
	return func() tea.Msg { return done{q.done, q.do(m.ctx)} }
}

// write adds a key to the note. Enter asks whether to add it to the incident.
func (m *model) write(key tea.KeyPressMsg) {
	d := m.note
	switch name := key.String(); {
	case name == "esc":
		m.note, m.said = nil, "nothing was done"
	case name == "enter" && strings.TrimSpace(string(d.text)) == "":
		m.note, m.said = nil, "an empty note is none; nothing was done"
	case name == "enter":
		m.note = nil
		text := strings.TrimSpace(string(d.text))
		m.ask(fmt.Sprintf("Add to #%d the note %q?", d.of.Number, text), fmt.Sprintf("#%d has the note", d.of.Number), func(ctx context.Context) error {
			return m.Account.Note(ctx, d.of.ID, text)
		})
	case name == "backspace" && len(d.text) > 0:
		d.text = d.text[:len(d.text)-1]
	case name == "ctrl+u":
		d.text = nil
	case key.Text != "":
		d.text = append(d.text, []rune(key.Text)...)
	}
}
