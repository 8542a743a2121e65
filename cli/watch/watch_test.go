package watch

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
)

// account is one that a test moves.
type account struct {
	mu       sync.Mutex // held by tests that change what is open beside [Lines]
	open     []Incident
	besides  int
	trouble  error
	readOnly error
	did      []string
	fails    error
}

func (a *account) Open(context.Context) ([]Incident, int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]Incident{}, a.open...), a.besides, a.trouble
}
func (a *account) MayWrite() error { return a.readOnly }
func (a *account) do(what string) error {
	a.did = append(a.did, what)
	return a.fails
}
func (a *account) Acknowledge(_ context.Context, id string) error { return a.do("acknowledge " + id) }
func (a *account) Resolve(_ context.Context, id string) error     { return a.do("resolve " + id) }
func (a *account) Note(_ context.Context, id, text string) error {
	return a.do("note " + id + " " + text)
}
func (a *account) Browse(url string) error { return a.do("browse " + url) }

var noon = time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)

// incidents are three that are open, not in the order in which they need somebody.
func incidents() []Incident {
	return []Incident{
		{ID: "Q1", Number: 1, Title: "Disk is full", Status: "acknowledged", Urgency: "high", Priority: "P1", CreatedAt: noon.Add(-time.Hour), AssignedTo: []string{"Ana Souza"}},
		{ID: "Q2", Number: 2, Title: "Import is late", Status: "triggered", Urgency: "low", CreatedAt: noon.Add(-50 * time.Hour)},
		{
			ID: "Q3", Number: 3, Title: "Checkout is down", Status: "triggered", Urgency: "high", CreatedAt: noon.Add(-90 * time.Second), URL: "https://x.pagerduty.com/3",
			AssignedTo: []string{"Ben", "Chloe", "Diego"}, Next: "escalate", NextAt: noon.Add(14 * time.Minute),
		},
	}
}

// screen is a model on which a test presses keys.
type screen struct {
	*model
	now time.Time
}

func show(t *testing.T, a *account) *screen {
	t.Helper()
	s := &screen{now: noon}
	s.model = &model{Options: Options{Account: a, Every: time.Minute, Now: func() time.Time { return s.now }}, ctx: t.Context(), firstSeen: map[string]time.Time{}}
	s.Update(tea.WindowSizeMsg{Width: 100, Height: 12})
	s.look()
	return s
}

// look has the model read the account.
func (s *screen) look() { s.Update(s.read()) }

// press presses keys, and does what they lead to.
func (s *screen) press(keys ...string) (ended bool) {
	for _, key := range keys {
		msg := tea.KeyPressMsg{Text: key, Code: []rune(key)[0]}
		switch key {
		case "enter":
			msg = tea.KeyPressMsg{Code: tea.KeyEnter}
		case "esc":
			msg = tea.KeyPressMsg{Code: tea.KeyEscape}
		case "backspace":
			msg = tea.KeyPressMsg{Code: tea.KeyBackspace}
		case "down":
			msg = tea.KeyPressMsg{Code: tea.KeyDown}
		}
		_, command := s.Update(msg)
		for command != nil {
			result := command()
			if _, quit := result.(tea.QuitMsg); quit {
				return true
			}
			_, command = s.Update(result)
		}
	}
	return false
}

// rows are the lines of the screen without colors and spaces at the end.
func (s *screen) rows() []string {
	var rows []string
	for _, l := range strings.Split(ansi.Strip(s.draw()), "\n") {
		rows = append(rows, strings.TrimRight(l, " "))
	}
	return rows
}

func (s *screen) has(t *testing.T, text string) {
	t.Helper()
	if all := strings.Join(s.rows(), "\n"); !strings.Contains(all, text) {
		t.Errorf("the screen lacks %q:\n%s", text, all)
	}
}

func TestScreen(t *testing.T) {
	t.Parallel()
	a := &account{open: incidents()}
	s := show(t, a)
	want := []string{
		"3 open, 2 of them taken by nobody", "",
		"  #3     TRIG high  1m30s", "  #2     TRIG low      2d", "  #1     ack  P1    1h00m",
	}
	want[2] = "  #3     TRIG high     1m  Checkout is down"
	for n, start := range want {
		if !strings.HasPrefix(s.rows()[n], start) {
			t.Errorf("line %d is %q, not %q", n, s.rows()[n], start)
		}
	}
	s.has(t, "Ben +2, escalates in 14m")
	s.has(t, "nobody")
	for n, row := range s.rows() {
		if width := ansi.StringWidth(row); width > 100 {
			t.Errorf("line %d is %d wide", n, width)
		}
	}
	if n := len(s.rows()); n != 12 {
		t.Errorf("%d lines on a screen of 12", n)
	}
}

// TestKeys acknowledges, resolves, notes and opens: each is asked for, and only y does it.
func TestKeys(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		keys []string
		says string
		did  []string
	}{
		{[]string{"a"}, `Acknowledge #3 "Checkout is down"? [y/N]`, nil},
		{[]string{"a", "y"}, "#3 is acknowledged", []string{"acknowledge Q3"}},
		{[]string{"a", "n"}, "nothing was done", nil},
		{[]string{"a", "enter"}, "nothing was done", nil},
		{[]string{"down", "r"}, `Resolve #2 "Import is late"? [y/N]`, nil},
		{[]string{"j", "r", "y"}, "#2 is resolved", []string{"resolve Q2"}},
		{[]string{"G", "a"}, "#1 is acknowledged already", nil},
		{[]string{"n", "H", "i", "x", "backspace"}, "Note for #3: Hi", nil},
		{[]string{"n", "H", "i", "enter"}, `Add to #3 the note "Hi"? [y/N]`, nil},
		{[]string{"n", "q", "a", "enter", "y"}, "#3 has the note", []string{"note Q3 qa"}},
		{[]string{"n", " ", "enter"}, "an empty note is none", nil},
		{[]string{"n", "x", "esc"}, "nothing was done", nil},
		{[]string{"enter"}, `Open the page of #3 "Checkout is down" in the browser? [y/N]`, nil},
		{[]string{"enter", "y"}, "opened", []string{"browse https://x.pagerduty.com/3"}},
	} {
		a := &account{open: incidents()}
		s := show(t, a)
		s.press(c.keys...)
		s.has(t, c.says)
		if diff := cmp.Diff(c.did, a.did); diff != "" {
			t.Errorf("%q: %s", c.keys, diff)
		}
	}
}

func TestEnd(t *testing.T) {
	t.Parallel()
	s := show(t, &account{open: incidents()})
	if s.press("esc") || !s.press("q") {
		t.Error("q ends it, and esc doesn't")
	}
}

func TestReadOnly(t *testing.T) {
	t.Parallel()
	a := &account{open: incidents(), readOnly: errors.New("started without the right to")}
	s := show(t, a)
	for _, key := range []string{"a", "r", "n"} {
		s.press(key)
		s.has(t, "started without the right to")
	}
	s.press("y", "enter", "y")
	if diff := cmp.Diff([]string{"browse https://x.pagerduty.com/3"}, a.did); diff != "" {
		t.Error(diff)
	}
}

// TestTrouble keeps what was read last while the account can't be reached, and says so.
func TestTrouble(t *testing.T) {
	t.Parallel()
	a := &account{open: incidents()}
	s := show(t, a)
	a.trouble, s.now = errors.New("no route\nto host"), noon.Add(50*time.Second)
	s.look()
	s.has(t, "this is 50s old: no route to host")
	s.has(t, "Checkout is down")
	a.trouble = nil
	s.look()
	if strings.Contains(strings.Join(s.rows(), ""), "no route") {
		t.Error("trouble that is over is still told")
	}
	a.fails = errors.New("PagerDuty refused it")
	s.press("a", "y")
	s.has(t, "PagerDuty refused it")
}

// TestNewIncidentsAreMarked has one come in while the screen is on. The chosen one stays
// chosen.
func TestNewIncidentsAreMarked(t *testing.T) {
	t.Parallel()
	a := &account{open: incidents()}
	s := show(t, a)
	a.open = append(a.open, Incident{ID: "Q4", Number: 4, Title: "Search is down", Status: "triggered", Urgency: "high", Priority: "P1", CreatedAt: noon})
	s.now = noon.Add(time.Minute)
	s.look()
	if row := s.rows()[2]; !strings.HasPrefix(row, "* #4") {
		t.Errorf("the first line is %q", row)
	}
	s.press("a")
	s.has(t, "Acknowledge #3")
	s.press("n")
	s.now = noon.Add(10 * time.Minute)
	if row := s.rows()[2]; !strings.HasPrefix(row, "  #4") {
		t.Errorf("it is still marked: %q", row)
	}
	// What the question is about is over: the answer means it all the same.
	s.press("a")
	a.open = a.open[:1]
	s.look()
	s.press("y")
	if diff := cmp.Diff([]string{"acknowledge Q3"}, a.did); diff != "" {
		t.Error(diff)
	}
}

// TestNarrow draws on terminals of any size.
func TestNarrow(t *testing.T) {
	t.Parallel()
	a := &account{besides: -1}
	for n := range 60 {
		a.open = append(a.open, Incident{ID: fmt.Sprint("Q", n), Number: n, Title: strings.Repeat("日本 ", 30), Status: "triggered", Urgency: "high", CreatedAt: noon})
	}
	s := show(t, a)
	for _, width := range []int{1, 20, 40, 200} {
		for _, height := range []int{1, 4, 50} {
			s.Update(tea.WindowSizeMsg{Width: width, Height: height})
			s.press("G")
			for _, row := range s.rows() {
				if got := ansi.StringWidth(row); got > width {
					t.Fatalf("at %d by %d a line is %d wide: %q", width, height, got, row)
				}
			}
		}
	}
	s.has(t, "#59 ")
	s.has(t, "60 open and more")
}

// TestRoom holds that a title has its share of a line beside people whose names are long,
// and that only what is cut ends in a dot.
func TestRoom(t *testing.T) {
	t.Parallel()
	a := &account{open: incidents()}
	a.open[0].Title, a.open[0].AssignedTo = "Payments API: card authorizations failing", []string{"Maximiliana von Hohenstein-Wallerstein", "Ben", "Chloe"}
	s := show(t, a)
	s.Update(tea.WindowSizeMsg{Width: 90, Height: 12})
	s.has(t, "Payments API: card authorizati…")
	s.has(t, "Maximiliana von Hohenstein-Wa…")
	for _, row := range s.rows()[2:4] {
		if strings.HasSuffix(row, "…") {
			t.Errorf("nothing is cut of %q", row)
		}
	}
}

// TestLines follows an account as lines: what is there, what comes, changes and ends.
func TestLines(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, out := &account{open: incidents()}, &strings.Builder{}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() {
			ended <- Lines(ctx, out, Options{Account: a, Every: time.Minute, Now: func() time.Time { return noon }})
		}()
		step := func(change func()) {
			synctest.Wait()
			a.mu.Lock()
			change()
			a.mu.Unlock()
			time.Sleep(time.Minute) // of the test's own clock, which waits for nobody
		}
		step(func() {
			a.open[2].Status, a.open[0].AssignedTo, a.open[1].Priority = "acknowledged", []string{"Ben"}, "P2"
			a.open = append(a.open, Incident{ID: "Q4", Number: 4, Title: "Search is down", Status: "triggered", Urgency: "high", CreatedAt: noon})
		})
		step(func() { a.trouble = errors.New("no route to host") })
		step(func() {})
		step(func() { a.trouble, a.open = nil, a.open[:3] })
		synctest.Wait()
		cancel()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		want := `12:00:00  open     3 incidents
12:00:00  open     #3  triggered  high  Checkout is down  Ben +2, for 1m, escalates in 14m
12:00:00  open     #2  triggered  low  Import is late  nobody, for 2d
12:00:00  open     #1  acknowledged  P1  Disk is full  Ana Souza, for 1h00m
12:00:00  new      #4  triggered  high  Search is down  nobody, for 0s
12:00:00  rated    #2  triggered  P2  Import is late  nobody, for 2d
12:00:00  moved    #1  acknowledged  P1  Disk is full  Ben, for 1h00m
12:00:00  acknowledged #3  acknowledged  high  Checkout is down  Ben +2, for 1m, escalates in 14m
12:00:00  trouble  no route to host
12:00:00  over     #4  triggered  high  Search is down  nobody, for 0s
`
		if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(out.String(), "\n")); diff != "" {
			t.Error(diff)
		}
	})
}

// TestLinesThatNeverWorked ends with why.
func TestLinesThatNeverWorked(t *testing.T) {
	t.Parallel()
	err := Lines(t.Context(), &strings.Builder{}, Options{Account: &account{trouble: errors.New("401")}, Every: time.Minute, Now: time.Now})
	if err == nil || err.Error() != "401" {
		t.Errorf("%v", err)
	}
}
