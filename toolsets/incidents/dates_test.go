package incidents_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
	"github.com/PagerDuty/pagerduty-mcp/server"
)

// TestDatesAtTheEdges searches at ends of months, on days whose clocks are changed, and
// with times in forms that people paste: what PagerDuty is asked for, and what the
// answer says was searched.
func TestDatesAtTheEdges(t *testing.T) {
	t.Parallel()
	const march, utc = "2026-03-31T12:00:00Z", "UTC"
	for _, c := range []struct {
		now, zone    string
		arguments    rig.Args
		since, until string
	}{
		// A month before 31 March is the end of February, in every way to say so.
		{march, utc, rig.Args{}, "2026-02-28T12:00:00Z", "2026-03-31T12:01:00Z"},
		{march, utc, rig.Args{"since": "1 month ago"}, "2026-02-28T12:00:00Z", "2026-03-31T12:01:00Z"},
		{march, utc, rig.Args{"until": "2026-03-31T00:00:00Z"}, "2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z"},
		{march, utc, rig.Args{"period": "the last month"}, "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"},
		{march, utc, rig.Args{"period": "february"}, "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"},
		{march, utc, rig.Args{"period": "this month"}, "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"},
		{"2024-03-31T12:00:00Z", utc, rig.Args{}, "2024-02-29T12:00:00Z", "2024-03-31T12:01:00Z"},
		{"2026-12-31T12:00:00Z", utc, rig.Args{"period": "last month"}, "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"},
		// Which month it is depends on where one is.
		{"2026-05-31T23:30:00Z", "Pacific/Kiritimati", rig.Args{"period": "last month"}, "2026-04-30T10:00:00Z", "2026-05-31T10:00:00Z"},
		{"2026-05-31T23:30:00Z", "America/New_York", rig.Args{"period": "last month"}, "2026-04-01T04:00:00Z", "2026-05-01T04:00:00Z"},
		// The six months that PagerDuty searches, to the minute.
		{"2024-02-29T12:00:00Z", utc, rig.Args{"since": "2023-08-29T12:00:00Z"}, "2023-08-29T12:00:00Z", "2024-02-29T12:00:00Z"},
		{"2024-02-29T12:00:00Z", utc, rig.Args{"since": "2023-08-31T12:00:00Z"}, "2023-08-31T12:00:00Z", "2024-02-29T12:00:00Z"},
		{march, utc, rig.Args{"since": "6 months ago"}, "2025-10-01T12:00:00Z", "2026-03-31T12:01:00Z"},
		{"2026-08-31T12:00:00Z", utc, rig.Args{"since": "6 months"}, "2026-03-01T12:00:00Z", "2026-08-31T12:01:00Z"},
		// Days that have no midnight: the clocks go from 0 to 1.
		{"2026-03-10T12:00:00Z", "America/Havana", rig.Args{"since": "2026-03-08", "until": "2026-03-08"}, "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"},
		{"2026-03-10T12:00:00Z", "America/Havana", rig.Args{"since": "2026-03-07", "until": "2026-03-07"}, "2026-03-07T05:00:00Z", "2026-03-08T05:00:00Z"},
		{"2026-03-08T18:00:00Z", "America/Havana", rig.Args{"since": "today"}, "2026-03-08T05:00:00Z", "2026-03-08T18:01:00Z"},
		{"2026-03-31T18:00:00Z", "Asia/Beirut", rig.Args{"since": "2026-03-29", "until": "2026-03-29"}, "2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z"},
		{"2026-04-26T18:00:00Z", "Africa/Cairo", rig.Args{"period": "2026-04-24"}, "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"},
		// Days of 25 and 23 hours.
		{"2026-11-02T18:00:00Z", "America/New_York", rig.Args{"since": "2026-11-01", "until": "2026-11-01"}, "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"},
		{"2026-03-30T18:00:00Z", "Europe/Berlin", rig.Args{"period": "yesterday"}, "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"},
		{"2026-03-10T18:00:00Z", "America/New_York", rig.Args{"since": "2026-03-08 02:30"}, "2026-03-08T07:30:00Z", "2026-03-10T18:01:00Z"},
		// Offsets, and parts of seconds.
		{march, utc, rig.Args{"since": "2026-03-01T10:00:00+0100", "until": "2026-03-02T10:00:00+0530"}, "2026-03-01T09:00:00Z", "2026-03-02T04:30:00Z"},
		{march, utc, rig.Args{"since": "2026-03-01T10:00:00+01", "until": "2026-03-02 10:00 CET"}, "2026-03-01T09:00:00Z", "2026-03-02T09:00:00Z"},
		{march, utc, rig.Args{"since": "2026-03-01T10:00:00.999999-0800", "until": "2026-03-02T10:00:00.000001-08:00"}, "2026-03-01T18:00:00Z", "2026-03-02T18:00:01Z"},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		r := rig.New(t, rig.WithServer(func(o *server.Options) { o.Now, o.TimeZone = func() time.Time { return now }, zone }))
		c.arguments["limit"] = 1
		got := r.Answer(t, "list_incidents", c.arguments)
		sent := r.Requests()[0].Path
		u, err := url.Parse(sent)
		if err != nil {
			t.Fatal(err)
		}
		if q := u.Query(); q.Get("since") != c.since || q.Get("until") != c.until {
			t.Errorf("at %s in %s, %v: sent %s, want %s to %s", c.now, c.zone, c.arguments, sent, c.since, c.until)
		}
		begins, _, _ := strings.Cut(fmt.Sprint(got["window"]), " to ")
		if at, err := time.Parse(time.RFC3339, begins); err != nil || at.UTC().Format(time.RFC3339) != c.since {
			t.Errorf("at %s in %s, %v: the window is %v", c.now, c.zone, c.arguments, got["window"])
		}
	}
}

// TestDateRange holds what lifts the limits of time, and that nothing else passes for it.
func TestDateRange(t *testing.T) {
	t.Parallel()
	r := rig.New(t)
	for _, all := range []string{"all", "ALL", " all "} {
		r.ForgetRequests()
		if got := r.Answer(t, "list_incidents", rig.Args{"date_range": all, "limit": 1}); got["window"] != "all" {
			t.Errorf("%q: %v", all, got["window"])
		}
		if sent := r.Requests()[0].Path; !strings.Contains(sent, "date_range=all") || strings.Contains(sent, "since") || strings.Contains(sent, "until") {
			t.Errorf("%q: sent %s", all, sent)
		}
	}
	r.ForgetRequests()
	for _, c := range []struct {
		arguments rig.Args
		want      string
	}{
		{rig.Args{"date_range": "last month"}, "date_range: \"last month\" is not allowed; use all"},
		{rig.Args{"date_range": "2026-02-01 to 2026-02-03"}, "is not allowed; use all"},
		{rig.Args{"date_range": "all", "since": "7d"}, "can't go with since or until"},
		{rig.Args{"date_range": "all", "until": "2026-02-03T00:00:00Z"}, "can't go with since or until"},
		{rig.Args{"since": "2025-08-01T00:00:00Z"}, "more than the 6 months PagerDuty searches at once"},
	} {
		if said := r.Refusal(t, "list_incidents", c.arguments); !strings.Contains(said, c.want) {
			t.Errorf("%v: %s", c.arguments, said)
		}
	}
	if len(r.Requests()) > 0 {
		t.Errorf("sent %v", r.Sent())
	}
}
