package when_test

import (
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
)

func TestPeriod(t *testing.T) {
	t.Parallel()
	const refused = "refused"
	// A Wednesday night, when people are woken.
	now, berlin := at(t, "2026-11-25T02:07:00+01:00"), zoneOf(t, "Europe/Berlin")
	for form, want := range map[string][2]string{ // as Begin, as Ahead
		"last week":                    {"2026-11-16 00:00 CET to 2026-11-23 00:00 CET", refused},
		"this week":                    {"2026-11-23 00:00 CET to 2026-11-30 00:00 CET", "2026-11-25 02:07 CET to 2026-11-30 00:00 CET"},
		"next week":                    {"2026-11-30 00:00 CET to 2026-12-07 00:00 CET", "="},
		"yesterday":                    {"2026-11-24 00:00 CET to 2026-11-25 00:00 CET", refused},
		"Last Month":                   {"2026-10-01 00:00 CEST to 2026-11-01 00:00 CET", refused},
		"2026-11-16 to 2026-11-22":     {"2026-11-16 00:00 CET to 2026-11-23 00:00 CET", "="},
		"2026-11-16 - 2026-11-22":      {"2026-11-16 00:00 CET to 2026-11-23 00:00 CET", "="},
		"2026-11-16..2026-11-22":       {"2026-11-16 00:00 CET to 2026-11-23 00:00 CET", "="},
		"2026-11-16/2026-11-22":        {"2026-11-16 00:00 CET to 2026-11-23 00:00 CET", "="},
		"2026/11/16 – 2026/11/22":      {"2026-11-16 00:00 CET to 2026-11-23 00:00 CET", "="},
		"from 2026-11-16 until Nov 22": {"2026-11-16 00:00 CET to 2026-11-23 00:00 CET", "="},
		"between nov 16 and nov 22":    {"2026-11-16 00:00 CET to 2026-11-23 00:00 CET", "2027-11-16 00:00 CET to 2027-11-23 00:00 CET"},
		"2026-11-16/P7D":               {"2026-11-16 00:00 CET to 2026-11-23 00:00 CET", "="},
		"2026-11-16T08:00Z/PT2H":       {"2026-11-16 09:00 CET to 2026-11-16 11:00 CET", "="},
		"2026-11-16T09:00:00+01:00 to 2026-11-16T17:00:00+01:00": {"2026-11-16 09:00 CET to 2026-11-16 17:00 CET", "="},
		"november":                    {"2026-11-01 00:00 CET to 2026-12-01 00:00 CET", "2026-11-25 02:07 CET to 2026-12-01 00:00 CET"},
		"november 2025":               {"2025-11-01 00:00 CET to 2025-12-01 00:00 CET", "="},
		"2026-10":                     {"2026-10-01 00:00 CEST to 2026-11-01 00:00 CET", "="},
		"november to january":         {"2026-11-01 00:00 CET to 2027-02-01 00:00 CET", "2026-11-25 02:07 CET to 2027-02-01 00:00 CET"},
		"Q3 2026":                     {"2026-07-01 00:00 CEST to 2026-10-01 00:00 CEST", "="},
		"2026-Q3":                     {"2026-07-01 00:00 CEST to 2026-10-01 00:00 CEST", "="},
		"q3/2026":                     {"2026-07-01 00:00 CEST to 2026-10-01 00:00 CEST", "="},
		"2025":                        {"2025-01-01 00:00 CET to 2026-01-01 00:00 CET", "="},
		"2024-2025":                   {"2024-01-01 00:00 CET to 2026-01-01 00:00 CET", "="},
		"last 3 days":                 {"2026-11-22 02:07 CET to 2026-11-25 02:07 CET", refused},
		"24h":                         {"2026-11-24 02:07 CET to 2026-11-25 02:07 CET", "2026-11-25 02:07 CET to 2026-11-26 02:07 CET"},
		"PT24H":                       {"2026-11-24 02:07 CET to 2026-11-25 02:07 CET", "2026-11-25 02:07 CET to 2026-11-26 02:07 CET"},
		"next 8 hours":                {"2026-11-25 02:07 CET to 2026-11-25 10:07 CET", "="},
		"since monday":                {"2026-11-23 00:00 CET to 2026-11-25 02:07 CET", "="},
		"since 2h ago":                {"2026-11-25 00:07 CET to 2026-11-25 02:07 CET", "="},
		"monday until now":            {"2026-11-23 00:00 CET to 2026-11-25 02:07 CET", refused},
		"monday to friday":            {"2026-11-23 00:00 CET to 2026-11-28 00:00 CET", "2026-11-30 00:00 CET to 2026-12-05 00:00 CET"},
		"mon-fri":                     {"2026-11-23 00:00 CET to 2026-11-28 00:00 CET", "2026-11-30 00:00 CET to 2026-12-05 00:00 CET"},
		"22:00 to 6:00":               {"2026-11-24 22:00 CET to 2026-11-25 06:00 CET", "2026-11-25 22:00 CET to 2026-11-26 06:00 CET"},
		"22:00-06:00":                 {"2026-11-24 22:00 CET to 2026-11-25 06:00 CET", "2026-11-25 22:00 CET to 2026-11-26 06:00 CET"},
		"9am-5pm":                     {"2026-11-24 09:00 CET to 2026-11-24 17:00 CET", "2026-11-25 09:00 CET to 2026-11-25 17:00 CET"},
		"yesterday 9am to 5pm":        {"2026-11-24 09:00 CET to 2026-11-24 17:00 CET", refused},
		"tomorrow 9am to 5pm":         {"2026-11-26 09:00 CET to 2026-11-26 17:00 CET", "="},
		"tomorrow 22:00 for 8h":       {"2026-11-26 22:00 CET to 2026-11-27 06:00 CET", "="},
		"friday 22:00 to monday 6:00": {"2026-11-20 22:00 CET to 2026-11-23 06:00 CET", "2026-11-27 22:00 CET to 2026-11-30 06:00 CET"},
		"weekend":                     {"2026-11-21 00:00 CET to 2026-11-23 00:00 CET", "2026-11-28 00:00 CET to 2026-11-30 00:00 CET"},
		"last night":                  {"2026-11-24 18:00 CET to 2026-11-25 06:00 CET", refused},
		"tonight":                     {"2026-11-24 18:00 CET to 2026-11-25 06:00 CET", "2026-11-25 18:00 CET to 2026-11-26 00:00 CET"},
		"today":                       {"2026-11-25 00:00 CET to 2026-11-26 00:00 CET", "2026-11-25 02:07 CET to 2026-11-26 00:00 CET"},
		"2026-11-22 to 2026-11-16":    {refused, refused},
		"tomorrow to yesterday":       {refused, refused},
	} {
		parsed, problem := when.ParsePeriod(form)
		if want == [2]string{refused, refused} && problem != "" {
			continue
		}
		if problem != "" || parsed.IsZero() {
			t.Errorf("ParsePeriod(%q): %s", form, problem)
			continue
		}
		if want[1] == "=" {
			want[1] = want[0]
		}
		for i, role := range []when.Role{when.Begin, when.Ahead} {
			since, until, problem := parsed.Range(now, berlin, role)
			got := when.Window(since, until, berlin)
			if problem != "" {
				got = refused
			}
			if got != want[i] && got != want[i]+" (Europe/Berlin)" {
				t.Errorf("%q (%v) = %s %s, want %s", form, role, got, problem, want[i])
			}
		}
	}

	for form, says := range map[string]string{
		"":                       "use last week",
		"soon":                   "use last week",
		"9am":                    `such as "9am to now"`,
		"3 days ago":             `such as "3 days ago to now"`,
		"2026-11-01T09:00Z":      "is a moment",
		"end of day":             "is a moment",
		"now":                    "is a moment",
		"01/11/2026":             "may be 2026-01-11 or 2026-11-01",
		"monday to":              "use last week",
		"to to to":               "use last week",
		strings.Repeat("-", 150): "use last week",
		strings.Repeat("x", 300): "too long",
	} {
		if parsed, problem := when.ParsePeriod(form); !parsed.IsZero() || !strings.Contains(problem, says) {
			t.Errorf("ParsePeriod(%q): %q, want it to say %s", form, problem, says)
		}
	}
	var none when.Period
	if since, until, problem := none.Range(now, berlin, when.Begin); !since.IsZero() || !until.IsZero() || problem != "" || none.NeedsZone() {
		t.Errorf("no period is from %s to %s: %s", since, until, problem)
	}
}

func TestBetween(t *testing.T) {
	t.Parallel()
	const refused = "refused"
	now, berlin := at(t, "2026-11-25T02:07:00+01:00"), zoneOf(t, "Europe/Berlin")
	for _, c := range []struct {
		begin, end string
		role       when.Role
		want       string
	}{
		{"2026-11-16", "2026-11-22", when.Begin, "2026-11-16 00:00 CET to 2026-11-23 00:00 CET"},
		{"7d", "now", when.Begin, "2026-11-18 02:07 CET to 2026-11-25 02:07 CET"},
		{"7d", "2d", when.Begin, "2026-11-18 02:07 CET to 2026-11-23 02:07 CET"},
		{"yesterday", "yesterday", when.Begin, "2026-11-24 00:00 CET to 2026-11-25 00:00 CET"},
		{"last week", "last week", when.Begin, "2026-11-16 00:00 CET to 2026-11-23 00:00 CET"},
		{"yesterday 22:00", "6:00", when.Begin, "2026-11-24 22:00 CET to 2026-11-25 06:00 CET"},
		{"22:00", "6:00", when.Begin, "2026-11-24 22:00 CET to 2026-11-25 06:00 CET"},
		{"monday", "friday", when.Begin, "2026-11-23 00:00 CET to 2026-11-28 00:00 CET"},
		{"2026-11-01", "friday", when.Begin, "2026-11-01 00:00 CET to 2026-11-21 00:00 CET"},
		{"9am", "yesterday 8:00", when.Begin, "2026-11-23 09:00 CET to 2026-11-24 08:00 CET"},
		{"2d", "7d", when.Begin, refused},
		{"today", "yesterday", when.Begin, refused},
		{"2026-11-22", "2026-11-16", when.Begin, refused},
		{"now", "8h", when.Ahead, "2026-11-25 02:07 CET to 2026-11-25 10:07 CET"},
		{"1h", "2h", when.Ahead, "2026-11-25 03:07 CET to 2026-11-25 05:07 CET"},
		{"1h", "in 2h", when.Ahead, "2026-11-25 03:07 CET to 2026-11-25 04:07 CET"},
		{"tomorrow 9am", "8h", when.Ahead, "2026-11-26 09:00 CET to 2026-11-26 17:00 CET"},
		{"tomorrow", "1mo", when.Ahead, "2026-11-26 00:00 CET to 2026-12-26 00:00 CET"},
		{"22:00", "6:00", when.Ahead, "2026-11-25 22:00 CET to 2026-11-26 06:00 CET"},
		{"today", "friday", when.Ahead, "2026-11-25 02:07 CET to 2026-11-28 00:00 CET"},
		{"monday", "friday", when.Ahead, "2026-11-30 00:00 CET to 2026-12-05 00:00 CET"},
		{"monday", "tomorrow", when.Ahead, refused},
		{"yesterday", "friday", when.Ahead, refused},
		{"9:00", "9:00", when.Ahead, "2026-11-25 09:00 CET to 2026-11-26 09:00 CET"},
	} {
		begin, problem := when.ParseTime(c.begin)
		end, wrong := when.ParseTime(c.end)
		if problem != "" || wrong != "" {
			t.Errorf("%s %s", problem, wrong)
			continue
		}
		since, until, problem := when.Between(begin, end, now, berlin, c.role)
		got := when.Window(since, until, berlin)
		if problem != "" {
			got = refused
		}
		if got != c.want && got != c.want+" (Europe/Berlin)" {
			t.Errorf("between %q and %q = %s %s, want %s", c.begin, c.end, got, problem, c.want)
		}
	}
	// One that is missing stays so.
	monday, _ := when.ParseTime("monday")
	if since, until, problem := when.Between(monday, when.Time{}, now, berlin, when.Begin); !since.Equal(at(t, "2026-11-23T00:00:00+01:00")) || !until.IsZero() || problem != "" {
		t.Errorf("since monday is %s to %s %s", since, until, problem)
	}
	if since, until, problem := when.Between(when.Time{}, monday, now, berlin, when.Ahead); !since.IsZero() || !until.Equal(at(t, "2026-12-01T00:00:00+01:00")) || problem != "" {
		t.Errorf("until monday is %s to %s %s", since, until, problem)
	}
}
