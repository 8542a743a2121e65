package when_test

import (
	"strings"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

func at(t testing.TB, rfc3339 string) time.Time {
	t.Helper()
	parsed, err := time.Parse(time.RFC3339, rfc3339)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// What the table of times doesn't have: what happens on the days themselves on
// which clocks are changed, and at the ends of months.
func TestTimeAtChanges(t *testing.T) {
	t.Parallel()
	const refused = "refused"
	for _, c := range []struct {
		zone, now, form string
		want            [4]string // as Begin, End, Ahead, AheadEnd
	}{
		// Days without a midnight begin at their first instant.
		{"Asia/Beirut", "2026-03-29T10:00:00+03:00", "today", [4]string{"2026-03-29T01:00:00+03:00", "2026-03-30T00:00:00+03:00", "2026-03-29T10:00:00+03:00", "2026-03-30T00:00:00+03:00"}},
		{"Asia/Beirut", "2026-03-29T10:00:00+03:00", "yesterday", [4]string{"2026-03-28T00:00:00+02:00", "2026-03-29T01:00:00+03:00", refused, refused}},
		{"Africa/Cairo", "2026-04-24T12:00:00+03:00", "today", [4]string{"2026-04-24T01:00:00+03:00", "2026-04-25T00:00:00+03:00", "2026-04-24T12:00:00+03:00", "2026-04-25T00:00:00+03:00"}},
		{"America/Sao_Paulo", "2018-11-05T12:00:00-02:00", "2018-11-04", [4]string{"2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00", "2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00"}},
		{"America/Sao_Paulo", "2018-11-05T12:00:00-02:00", "midnight", [4]string{"2018-11-05T00:00:00-02:00", "2018-11-05T00:00:00-02:00", "2018-11-06T00:00:00-02:00", "2018-11-06T00:00:00-02:00"}},
		// In Toronto 23:30 became 00:30 once.
		{"America/Toronto", "1919-03-31T12:00:00-04:00", "today", [4]string{"1919-03-31T00:30:00-04:00", "1919-04-01T00:00:00-04:00", "1919-03-31T12:00:00-04:00", "1919-04-01T00:00:00-04:00"}},
		// What begins right now has begun, and is not over.
		{"Europe/Berlin", "2026-11-25T09:00:00+01:00", "9am", [4]string{"2026-11-25T09:00:00+01:00", "2026-11-25T09:00:00+01:00", "2026-11-25T09:00:00+01:00", "2026-11-25T09:00:00+01:00"}},
		{"Europe/Berlin", "2026-11-25T00:00:00+01:00", "wednesday", [4]string{"2026-11-25T00:00:00+01:00", "2026-11-26T00:00:00+01:00", "2026-11-25T00:00:00+01:00", "2026-11-26T00:00:00+01:00"}},
		// In Samoa there was no 30 December 2011.
		{"Pacific/Apia", "2012-01-02T12:00:00+14:00", "2011-12-30", [4]string{"2011-12-31T00:00:00+14:00", "2011-12-31T00:00:00+14:00", "2011-12-31T00:00:00+14:00", "2011-12-31T00:00:00+14:00"}},
		{"Pacific/Apia", "2012-01-02T12:00:00+14:00", "december 2011", [4]string{"2011-12-01T00:00:00-10:00", "2012-01-01T00:00:00+14:00", "2011-12-01T00:00:00-10:00", "2012-01-01T00:00:00+14:00"}},
		// In Havana midnight comes twice, and the first one begins the day.
		{"America/Havana", "2026-11-01T12:00:00-05:00", "today", [4]string{"2026-11-01T00:00:00-04:00", "2026-11-02T00:00:00-05:00", "2026-11-01T12:00:00-05:00", "2026-11-02T00:00:00-05:00"}},
		{"America/Havana", "2026-11-01T12:00:00-05:00", "yesterday", [4]string{"2026-10-31T00:00:00-04:00", "2026-11-01T00:00:00-04:00", refused, refused}},
		// Times of day that are skipped.
		{"Europe/Berlin", "2026-03-29T12:00:00+02:00", "today 02:30", [4]string{"2026-03-29T03:30:00+02:00", "2026-03-29T03:30:00+02:00", refused, refused}},
		{"Australia/Lord_Howe", "2026-10-04T12:00:00+11:00", "today 02:15", [4]string{"2026-10-04T02:45:00+11:00", "2026-10-04T02:45:00+11:00", refused, refused}},
		{"America/New_York", "2026-03-07T12:00:00-05:00", "tomorrow 2:30am", [4]string{"2026-03-08T03:30:00-04:00", "2026-03-08T03:30:00-04:00", "2026-03-08T03:30:00-04:00", "2026-03-08T03:30:00-04:00"}},
		// Times of day that come twice, and which of them is written.
		{"Europe/Berlin", "2026-10-24T12:00:00+02:00", "tomorrow 02:30", [4]string{"2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"}},
		{"Europe/Berlin", "2026-10-24T12:00:00+02:00", "2026-10-25 02:30 CET", [4]string{"2026-10-25T02:30:00+01:00", "2026-10-25T02:30:00+01:00", "2026-10-25T02:30:00+01:00", "2026-10-25T02:30:00+01:00"}},
		{"Europe/Berlin", "2026-10-24T12:00:00+02:00", "2026-10-25 02:30 CEST (Europe/Berlin)", [4]string{"2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+02:00"}},
		{"Europe/Berlin", "2026-10-25T02:45:00+02:00", "02:30", [4]string{"2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "2026-10-25T02:30:00+01:00", "2026-10-25T02:30:00+01:00"}},
		{"Australia/Lord_Howe", "2026-04-05T12:00:00+10:30", "today 01:45", [4]string{"2026-04-05T01:45:00+11:00", "2026-04-05T01:45:00+10:30", refused, refused}},
		// Days are 24 hours only where the clocks aren't changed.
		{"Europe/Berlin", "2026-10-25T12:00:00+01:00", "today", [4]string{"2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00", "2026-10-25T12:00:00+01:00", "2026-10-26T00:00:00+01:00"}},
		{"Europe/Berlin", "2026-10-25T12:00:00+01:00", "1 day ago", [4]string{"2026-10-24T13:00:00+02:00", "2026-10-24T13:00:00+02:00", refused, refused}},
		// Months that are too short.
		{"Europe/Berlin", "2026-03-31T12:00:00+02:00", "last month", [4]string{"2026-02-01T00:00:00+01:00", "2026-03-01T00:00:00+01:00", refused, refused}},
		{"Europe/Berlin", "2026-03-31T12:00:00+02:00", "a month ago", [4]string{"2026-02-28T12:00:00+01:00", "2026-02-28T12:00:00+01:00", refused, refused}},
		{"Europe/Berlin", "2026-08-31T12:00:00+02:00", "in a month", [4]string{"2026-09-30T12:00:00+02:00", "2026-09-30T12:00:00+02:00", "2026-09-30T12:00:00+02:00", "2026-09-30T12:00:00+02:00"}},
		{"Europe/Berlin", "2026-05-31T12:00:00+02:00", "last quarter", [4]string{"2026-01-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00", refused, refused}},
		{"Europe/Berlin", "2028-02-29T12:00:00+01:00", "a year ago", [4]string{"2027-02-28T12:00:00+01:00", "2027-02-28T12:00:00+01:00", refused, refused}},
		{"Europe/Berlin", "2026-01-15T12:00:00+01:00", "29 feb", [4]string{"2024-02-29T00:00:00+01:00", "2024-03-01T00:00:00+01:00", "2028-02-29T00:00:00+01:00", "2028-03-01T00:00:00+01:00"}},
		{"Europe/Berlin", "2026-01-02T12:00:00+01:00", "last month", [4]string{"2025-12-01T00:00:00+01:00", "2026-01-01T00:00:00+01:00", refused, refused}},
		{"Europe/Berlin", "2026-01-02T12:00:00+01:00", "last week", [4]string{"2025-12-22T00:00:00+01:00", "2025-12-29T00:00:00+01:00", refused, refused}},
		{"Europe/Berlin", "2026-01-02T12:00:00+01:00", "2026-W01", [4]string{"2025-12-29T00:00:00+01:00", "2026-01-05T00:00:00+01:00", "2026-01-02T12:00:00+01:00", "2026-01-05T00:00:00+01:00"}},
		{"Europe/Berlin", "2026-11-25T12:00:00+01:00", "last november", [4]string{"2025-11-01T00:00:00+01:00", "2025-12-01T00:00:00+01:00", refused, refused}},
		// A day is the one in the zone that was written with it.
		{"Europe/Berlin", "2026-11-25T02:07:00+01:00", "today America/New_York", [4]string{"2026-11-24T00:00:00-05:00", "2026-11-25T00:00:00-05:00", "2026-11-25T02:07:00+01:00", "2026-11-25T00:00:00-05:00"}},
		// Abbreviations that can be several zones are the user's own.
		{"Asia/Kolkata", "2026-11-25T12:00:00+05:30", "today 9am IST", [4]string{"2026-11-25T09:00:00+05:30", "2026-11-25T09:00:00+05:30", refused, refused}},
		{"America/Chicago", "2026-11-25T12:00:00-06:00", "2026-11-20 9:00 CST", [4]string{"2026-11-20T09:00:00-06:00", "2026-11-20T09:00:00-06:00", "2026-11-20T09:00:00-06:00", "2026-11-20T09:00:00-06:00"}},
	} {
		zone, now := zoneOf(t, c.zone), at(t, c.now)
		parsed, problem := when.ParseTime(c.form)
		if problem != "" {
			t.Errorf("ParseTime(%q): %s", c.form, problem)
			continue
		}
		for i, role := range roles {
			got, problem := parsed.At(now, zone, role)
			if (c.want[i] == refused) != (problem != "") || problem == "" && !got.Equal(at(t, c.want[i])) {
				t.Errorf("%q as %s, seen from %s in %s = %s %s, want %s", c.form, roleNames[i], c.now, c.zone, got.Format(time.RFC3339), problem, c.want[i])
			}
		}
	}
}

// Nothing that can mean two things, or nothing, is guessed at: the words say what
// to write.
func TestTimeRefusals(t *testing.T) {
	t.Parallel()
	for form, says := range map[string]string{
		"":                         "use RFC 3339",
		"  ":                       "use RFC 3339",
		"soon":                     "use RFC 3339",
		"asap":                     "use RFC 3339",
		"7":                        "use RFC 3339",
		"at":                       "use RFC 3339",
		"ago":                      "write 2h ago",
		"tomorow 9":                `did you mean "tomorrow 9"?`,
		"Yestrday at 5pm":          `did you mean "yesterday at 5pm"?`,
		"last wek":                 `did you mean "last week"?`,
		"3 dayz ago":               `did you mean "3 days ago"?`,
		"14 setpember":             `did you mean "14 september"?`,
		"in 2h ago":                "both ahead and ago",
		"+2h ago":                  "both ahead and ago",
		"-2h from now":             "both ahead and ago",
		"last 3 days ago":          "both ahead and ago",
		"01/11/2026":               "2026-01-11 or 2026-11-01",
		"1-2-2026":                 "2026-01-02 or 2026-02-01",
		"1/11":                     "write 2026-11-01 or Nov 1",
		"01/11/26":                 "year of four digits",
		"2026":                     "2026-01-01 or 20:26",
		"2130":                     "years from 2000 to 2099",
		"2026-02-30":               "28 days",
		"2026-13-01":               "no month 13",
		"31 november":              "30 days",
		"29 Feb 2026":              "no day 29",
		"Monday, November 1, 2026": "2026-11-01 is a Sunday",
		"0000-01-01":               "years from 2000 to 2099",
		"1969-12-31T00:00:00Z":     "years from 2000 to 2099",
		"9999-12-31":               "years from 2000 to 2099",
		"9999999d":                 "up to six digits",
		"999999w":                  "up to 30 years",
		"29y 12mo 300mo":           "up to 30 years",
		"P99Y":                     "up to 30 years",
		"1000000000000000000":      "10 digits in seconds",
		"179352000":                "10 digits in seconds",
		"9999999999":               "years from 2000 to 2099",
		"13pm":                     "use 1am to 12pm",
		"25:00":                    "use 0:00 to 23:59",
		"9:60":                     "use 0:00 to 23:59",
		"2026-11-01T24:01:00Z":     "use 0:00 to 23:59",
		"tomorrow 24":              "use 0:00 to 23:59",
		"at 9":                     "9am or 21:00",
		"today midnight":           "start of today or end of today",
		"tonight 1am":              "not in that part of the day",
		"5M":                       "5min or 5mo",
		"1.5 months":               "use days or hours",
		"next weekend":             "this weekend, or its dates",
		"week":                     "this, last or next week",
		"today tomorrow":           "two days",
		"9am 10am":                 "two times of day",
		"monday friday":            "two weekdays",
		"this morning tomorrow":    "two days",
		"now yesterday":            "don't go together",
		"3h yesterday":             "don't go together",
		"last week 9am":            "don't go together",
		"end of 9am":               "don't go together",
		"9am UTC Europe/Berlin":    "UTC+01:00",
		"9am CET PST":              "two time zones",
		"9am Berlin Paris":         "two time zones",
		"UTC":                      "use RFC 3339",
		"9am CST":                  "America/Chicago, Asia/Shanghai or America/Havana",
		"9am IST":                  "Asia/Kolkata, Europe/Dublin or Asia/Jerusalem",
		"9am CEST":                 "show CET (UTC+01:00) then",
		"2026-07-01 9am EST":       "show EDT (UTC-04:00) then",
		"9am Eastern":              "US/Eastern",
		strings.Repeat("1h", 1000): "too long",
	} {
		parsed, problem := when.ParseTime(form)
		if problem == "" { // or it depends on the present time
			_, problem = parsed.At(at(t, "2026-11-25T02:07:00+01:00"), zoneOf(t, "Europe/Berlin"), when.Begin)
		}
		if !strings.Contains(problem, says) || len(problem) > 400 {
			t.Errorf("%q: %q, want it to say %s", wording.Shorten(form, 40), problem, says)
		}
	}
}

func TestTimeDetails(t *testing.T) {
	t.Parallel()
	now, berlin := at(t, "2026-11-25T02:07:00+01:00"), zoneOf(t, "Europe/Berlin")
	for form, needs := range map[string]bool{
		"now": false, "24h": false, "last 3 days": false, "2026-11-01T09:00:00Z": false, "1793520000": false, "9am UTC": false,
		"today Berlin": false, "today": true, "9am": true, "monday": true, "last week": true, "2026-11-01": true, "a month ago": true, "9am IST": true,
	} {
		if parsed, problem := when.ParseTime(form); problem != "" || parsed.NeedsZone() != needs {
			t.Errorf("%q needs a zone: %t %s, want %t", form, parsed.NeedsZone(), problem, needs)
		}
	}
	for form, want := range map[string]time.Duration{"2h": 2 * time.Hour, "P1DT2H": 26 * time.Hour, "+2h": 0, "2h ago": 0, "1mo": 0, "today": 0} {
		parsed, _ := when.ParseTime(form)
		if d, ok := parsed.Duration(); d != want || ok != (want > 0) {
			t.Errorf("the length of %q = %s %t, want %s", form, d, ok, want)
		}
	}
	var none when.Time
	if at, problem := none.At(now, berlin, when.Ahead); !none.IsZero() || none.NeedsZone() || !at.IsZero() || problem != "" {
		t.Errorf("no time is %s %s", at, problem)
	}
	for want, got := range map[string]string{
		"2026-11-25 02:07 CET (Europe/Berlin)":                          when.Clock(now, berlin),
		"2026-11-25 01:07 UTC":                                          when.Clock(now, time.UTC),
		"2026-11-25 06:52 +0545 (Asia/Kathmandu)":                       when.Clock(now, zoneOf(t, "Asia/Kathmandu")),
		"2026-11-25 02:07:00.25 CET (Europe/Berlin)":                    when.Clock(now.Add(time.Second/4), berlin),
		"2026-10-25 00:00 CEST to 2026-10-26 00:00 CET (Europe/Berlin)": when.Window(at(t, "2026-10-25T00:00:00+02:00"), at(t, "2026-10-26T00:00:00+01:00"), berlin),
		"2026-11-25 01:07 UTC to 2026-11-25 02:07 UTC":                  when.Window(now, now.Add(time.Hour), time.UTC),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestAddMonths(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		zone, from string
		months     int
		want       string
	}{
		{"Europe/Berlin", "2026-03-31T09:00:00+02:00", -1, "2026-02-28T09:00:00+01:00"},
		{"Europe/Berlin", "2026-02-28T02:30:00+01:00", 1, "2026-03-28T02:30:00+01:00"},
		{"Europe/Berlin", "2026-04-29T02:30:00+02:00", -1, "2026-03-29T03:30:00+02:00"}, // skipped
		{"Europe/Berlin", "2026-09-25T02:30:00+02:00", 1, "2026-10-25T02:30:00+02:00"},  // twice
		{"Asia/Beirut", "2026-04-29T00:00:00+03:00", -1, "2026-03-29T01:00:00+03:00"},
		{"UTC", "2028-02-29T00:00:00Z", -12, "2027-02-28T00:00:00Z"},
		{"UTC", "2026-01-15T00:00:00.5Z", 0, "2026-01-15T00:00:00.5Z"},
	} {
		got := when.AddMonths(at(t, c.from).In(zoneOf(t, c.zone)), c.months)
		if !got.Equal(at(t, c.want)) {
			t.Errorf("%d months after %s in %s = %s, want %s", c.months, c.from, c.zone, got.Format(time.RFC3339Nano), c.want)
		}
	}
}
