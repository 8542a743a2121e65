package sandbox_test

import (
	"net/url"
	"testing"
	"time"
)

// TestDateRange asks for incidents with every mix of bounds: what is left out
// makes the range a month, so that since alone ends a month later, not now.
func TestDateRange(t *testing.T) {
	t.Parallel()
	a := open(t)
	everything := a.all(t, "/incidents?date_range=all", "incidents")
	between := func(since, until time.Time) int {
		n := 0
		for _, i := range everything {
			if created := at(t, i["created_at"]); !created.Before(since) && !created.After(until) {
				n++
			}
		}
		return n
	}
	ago := func(days int) time.Time { return noon.AddDate(0, 0, -days) }
	for _, c := range []struct {
		since, until time.Time
		want         int
	}{
		{want: between(noon.AddDate(0, -1, 0), noon)},
		{since: ago(80), want: between(ago(80), ago(80).AddDate(0, 1, 0))},
		{since: ago(10), want: between(ago(10), noon)},
		{until: ago(20), want: between(ago(20).AddDate(0, -1, 0), ago(20))},
		{since: ago(80), until: noon, want: between(ago(80), noon)},
	} {
		q := url.Values{"total": {"true"}}
		if !c.since.IsZero() {
			q.Set("since", c.since.Format(time.RFC3339))
		}
		if !c.until.IsZero() {
			q.Set("until", c.until.Format(time.RFC3339))
		}
		if got := a.get(t, "/incidents?"+q.Encode())["total"]; got != float64(c.want) || c.want == 0 {
			t.Errorf("since %v until %v: %v incidents, want %d", c.since, c.until, got, c.want)
		}
	}
	for _, q := range []string{"since=2025-08-01T00:00:00Z&until=2026-03-01T00:00:00Z", "since=2026-03-01T00:00:00Z&until=2026-02-01T00:00:00Z"} {
		a.refused(t, "GET", "/incidents?"+q, "", "2005")
	}
	// All dates lift the bounds that are given, too.
	if got := a.get(t, "/incidents?total=true&date_range=all&since=2020-01-01T00:00:00Z&until=2026-03-01T00:00:00Z")["total"]; got != float64(len(everything)) {
		t.Errorf("%v incidents of all dates, want %d", got, len(everything))
	}
}

// TestPriorityFilter: the filter is not documented, and works.
func TestPriorityFilter(t *testing.T) {
	t.Parallel()
	a := open(t)
	found := a.all(t, "/incidents?date_range=all&priority_ids[]="+a.ID("priority", "P1")+"&priority_ids[]="+a.ID("priority", "P2"), "incidents")
	if len(found) < 3 {
		t.Errorf("%d incidents", len(found))
	}
	for _, i := range found {
		if name := words(i, "priority", "name"); name != "P1" && name != "P2" {
			t.Errorf("%v has priority %q", i["title"], name)
		}
	}
}
