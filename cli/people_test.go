//go:build unix

package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// escapes are the sequences that color a text.
var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")

// TestTableAtATerminal looks at a list as a person sees it.
func TestTableAtATerminal(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		columns uint16
		env     []string
		args    string
		has     []string
		hasNot  []string
		ages    bool
	}{
		"wide": {columns: 140, args: "list_incidents status=triggered limit=3",
			has: []string{"NUMBER", "TITLE", "ASSIGNED TO", "CREATED", "\x1b[31mtriggered\x1b[0m", "4717", "3 incidents.", "There are more: go on with offset=3."}, hasNot: []string{"Left out", "Q8M9SG70M359YO", "{"}, ages: true},
		"narrow": {columns: 80, args: "list_incidents status=triggered limit=3",
			has: []string{"NUMBER", "TITLE", "…", "Left out to fit: ", "-o json has everything"}, hasNot: []string{"TEAMS"}, ages: true},
		"no colors": {columns: 80, env: []string{"NO_COLOR=1"}, args: "list_incidents status=acknowledged limit=3", has: []string{"acknowledged"}, hasNot: []string{"\x1b["}, ages: true},
		"dumb":      {columns: 80, env: []string{"TERM=dumb"}, args: "list_incidents status=acknowledged limit=3", has: []string{"acknowledged"}, hasNot: []string{"\x1b["}, ages: true},
		"fields":    {columns: 60, args: "list_incidents limit=3 fields=number,title,status,urgency,service", has: []string{"NUMBER", "URGENCY", "SERVICE"}, hasNot: []string{"Left out", "ID "}},
		"nothing":   {columns: 80, args: "list_incidents status=triggered since=2020-01-01 until=2020-01-02", has: []string{"No incidents.", "Nothing matches."}, hasNot: []string{"0 incidents"}},
		"one thing": {columns: 80, args: "get_incident 4711",
			has: []string{"Payments API (P", "acknowledged by", "\x1b[1mBY\x1b[0m  ", " UTC (", "\x1b[33macknowledged\x1b[0m", "\n\x1b[2mpending actions\x1b[0m\n  "}, hasNot: []string{"{\"", "created_at"}, ages: true},
		"a brief":  {columns: 80, args: "triage_incident 4711", has: []string{"who has it", "what fired"}, hasNot: []string{"[\""}},
		"JSON":     {columns: 80, args: "get_incident 4711 -o json", has: []string{"{\n  \"id\": \"Q"}},
		"a report": {columns: 100, args: "get_oncall_load", has: []string{"SUMMARY", "Ana Souza", "window"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, screen := atTerminal(t, c.columns, 50, c.env, append([]string{"call", "--sandbox"}, strings.Fields(c.args)...)...).ends()
			if code != 0 {
				t.Fatalf("exit code %d:\n%s", code, screen)
			}
			for _, want := range c.has {
				if !strings.Contains(screen, want) {
					t.Errorf("it does not show %q:\n%s", want, screen)
				}
			}
			for _, not := range c.hasNot {
				if strings.Contains(screen, not) {
					t.Errorf("it shows %q:\n%s", not, screen)
				}
			}
			if c.ages && !regexp.MustCompile(`\b\d+[smhd] ago\b`).MatchString(screen) {
				t.Errorf("it tells no ages:\n%s", screen)
			}
			for line := range strings.Lines(escapes.ReplaceAllString(screen, "")) {
				line = strings.TrimRight(line, "\n")
				if long := utf8.RuneCountInString(line); long > int(c.columns) && !strings.Contains(line, "https://") {
					t.Errorf("a line has %d columns of %d: %s", long, c.columns, line)
				}
			}
		})
	}
}

// TestPager shows a list that is longer than the screen, and one that is not.
func TestPager(t *testing.T) {
	t.Parallel()
	pager := filepath.Join(t.TempDir(), "pager")
	if err := os.WriteFile(pager, []byte("#!/bin/sh\necho \"paged $1 LESS=$LESS key=$PAGERDUTY_USER_API_KEY.\"\ncat >/dev/null\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	env := []string{"PAGER=" + pager + " -x", "LESS=", "PAGERDUTY_USER_API_KEY=u+sEcReT"}
	for name, c := range map[string]struct {
		lines uint16
		env   []string
		paged bool
	}{
		"long":             {20, env, true},
		"short":            {60, env, false},
		"none wanted":      {20, []string{"PAGER=cat"}, false},
		"none there":       {20, []string{"PAGER=/no/such/pager"}, false},
		"none that starts": {20, []string{"PAGER=" + t.TempDir()}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, screen := atTerminal(t, 100, c.lines, c.env, "call", "--sandbox", "list_incidents", "limit=30").ends()
			if paged := strings.Contains(screen, "paged -x LESS=FRX key=."); code != 0 || paged != c.paged || paged == strings.Contains(screen, "TITLE") {
				t.Errorf("exit code %d, paged %t:\n%s", code, paged, screen)
			}
		})
	}
}

// TestDoctorFitsTheTerminal has it say a lot on a narrow one.
func TestDoctorFitsTheTerminal(t *testing.T) {
	t.Parallel()
	x := atTerminal(t, 60, 40, []string{"HOME=" + t.TempDir(), "NO_COLOR=1", "PAGERDUTY_MCP_KEYCHAIN=off", "PAGERDUTY_API_HOST=http://127.0.0.1:1"}, "doctor")
	code, screen := x.ends()
	if code != 1 || !strings.Contains(screen, "→ make one in PagerDuty") {
		t.Errorf("exit code %d:\n%s", code, screen)
	}
	for line := range strings.Lines(screen) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 60 {
			t.Errorf("%d columns: %q", n, line)
		}
	}
}
