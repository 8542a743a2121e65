package when_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones in these tests, also where the system has none
	"unicode"
	"unicode/utf8"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
)

var roles = []when.Role{when.Begin, when.End, when.Ahead, when.AheadEnd}

var roleNames = []string{"Begin", "End", "Ahead", "AheadEnd"}

func zoneOf(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// row is a form of the table of times, and what it means in a zone.
type row struct {
	form string
	now  time.Time
	zone *time.Location
	want []string // RFC 3339, or "refused"; a role each
}

func timesTable(t testing.TB) (rows []row) {
	t.Helper()
	data, err := os.ReadFile("testdata/times.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var zone *time.Location
	var now time.Time
	for line := range strings.Lines(string(data)) {
		columns := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		switch {
		case strings.HasPrefix(line, "#"):
			continue
		case columns[0] == "zone":
			zone = zoneOf(t, columns[1])
			if now, err = time.Parse(time.RFC3339, columns[2]); err != nil {
				t.Fatal(err)
			}
			continue
		}
		for i := range columns {
			if columns[i] == "=" {
				columns[i] = columns[i-1]
			}
		}
		rows = append(rows, row{columns[0], now, zone, columns[1:]})
	}
	return rows
}

func TestTimesTable(t *testing.T) {
	t.Parallel()
	forms := map[string]bool{}
	zones := map[*time.Location]bool{}
	for _, r := range timesTable(t) {
		forms[r.form], zones[r.zone] = true, true
		parsed, problem := when.ParseTime(r.form)
		if problem != "" {
			t.Errorf("ParseTime(%q): %s", r.form, problem)
			continue
		}
		for i, role := range roles {
			at, problem := parsed.At(r.now, r.zone, role)
			if r.want[i] == "refused" {
				if problem == "" {
					t.Errorf("%q as %s, seen from %s = %s, want a problem", r.form, roleNames[i], r.now, at)
				}
				continue
			}
			want, err := time.Parse(time.RFC3339, r.want[i])
			if err != nil {
				t.Fatal(err)
			}
			if problem != "" || !at.Equal(want) {
				t.Errorf("%q as %s, seen from %s in %s = %s %s, want %s", r.form, roleNames[i], r.now.Format(time.RFC3339), r.zone,
					at.In(r.zone).Format(time.RFC3339Nano), problem, r.want[i])
			}
		}
	}
	if len(forms) < 120 || len(zones) != 4 {
		t.Errorf("the table has %d forms and %d zones, want 120 and 4 at least", len(forms), len(zones))
	}
}

// seenFrom are present times around changes of clocks, ends of months and years.
func seenFrom(t testing.TB) map[*time.Location][]time.Time {
	t.Helper()
	seen := map[*time.Location][]time.Time{}
	for _, name := range []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Beirut", "Africa/Cairo", "America/Sao_Paulo", "Asia/Kathmandu", "UTC"} {
		zone := zoneOf(t, name)
		random := rand.New(rand.NewPCG(1, 2))
		for _, start := range []string{"2026-03-08T04:00:00Z", "2026-03-28T20:00:00Z", "2026-10-03T13:00:00Z", "2026-10-24T19:00:00Z", "2026-12-31T10:00:00Z", "2028-02-28T12:00:00Z", "2018-11-03T20:00:00Z"} {
			from, err := time.Parse(time.RFC3339, start)
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				from = from.Add(time.Duration(random.Int64N(int64(27 * time.Hour))))
				seen[zone] = append(seen[zone], from)
			}
		}
		slices.SortFunc(seen[zone], time.Time.Compare)
	}
	return seen
}

// saysAhead are words after which a time can be in the future wherever it is.
var saysAhead = regexp.MustCompile(`(?i)today|this|tomorrow|next|in \d|\+\d|from now|end of|eod|tonight (at|2)`)

func TestTimeProperties(t *testing.T) {
	t.Parallel()
	forms := map[string]when.Time{}
	for _, r := range timesTable(t) {
		forms[r.form], _ = when.ParseTime(r.form)
	}
	for zone, nows := range seenFrom(t) {
		for form, parsed := range forms {
			early, _ := parsed.At(nows[0], zone, when.Begin)
			late, _ := parsed.At(nows[len(nows)-1], zone, when.Begin)
			absolute := early.Equal(late)
			last := map[when.Role]time.Time{}
			for n, now := range nows {
				at := map[when.Role]time.Time{}
				for i, role := range roles {
					var problem string
					if at[role], problem = parsed.At(now, zone, role); problem != "" {
						continue
					}
					where := func() string {
						return fmt.Sprintf("%q as %s, seen from %s in %s = %s", form, roleNames[i], now.In(zone), zone, at[role])
					}
					// Times of day, and months of other lengths, are not longer ago the earlier it is.
					if at[role].Before(last[role]) && !strings.ContainsAny(form, "M") && !strings.Contains(form, "mo") && !strings.Contains(form, "year") {
						t.Errorf("%s, which is before %s, what was meant earlier", where(), last[role])
					}
					last[role] = at[role]
					if role == when.Begin && at[role].After(now) && !absolute && !saysAhead.MatchString(form) {
						t.Errorf("%s, which is to come", where())
					}
					if (role == when.Ahead || role == when.AheadEnd) && at[role].Before(now) && !absolute {
						t.Errorf("%s, which is over", where())
					}
					if n != len(form)%len(nows) { // enough to read again
						continue
					}
					for _, written := range []string{at[role].Format(time.RFC3339Nano), when.Clock(at[role], zone)} {
						again, problem := when.ParseTime(written)
						got, wrong := again.At(now.Add(time.Hour), time.UTC, role)
						if problem != "" || wrong != "" || !got.Equal(at[role]) || again.NeedsZone() {
							t.Errorf("%s, but read again, as %q, it is %s %s %s", where(), written, got, problem, wrong)
						}
					}
				}
				if at[when.End].Before(at[when.Begin]) || !at[when.Ahead].IsZero() && at[when.AheadEnd].Before(at[when.Ahead]) {
					t.Errorf("%q, seen from %s in %s, ends before it begins: %v", form, now, zone, at)
				}
			}
		}
	}
}

func FuzzTime(f *testing.F) {
	for _, r := range timesTable(f) {
		f.Add(r.form, uint8(len(r.form)))
	}
	for _, form := range []string{"01/11/2026", "-", "+", "p", "@", "9999999d", "last", "in", "T", "(", "1h and", "22:00 - 6:00", "0-0-0", "-P", "2026-W54", "a.m.", "1.1.1.1", "９am", "mon\x00", "2000-1-1T", ".Y0", "1.h", "0Y\rAgo"} {
		f.Add(form, uint8(0))
	}
	var zones []*time.Location
	var nows []time.Time
	for zone, seen := range seenFrom(f) {
		zones, nows = append(zones, zone), append(nows, seen...)
	}
	f.Fuzz(func(t *testing.T, form string, pick uint8) {
		zone, now := zones[int(pick)%len(zones)], nows[int(pick)%len(nows)]
		near := func(at time.Time) bool { return at.Year() > 1960 && at.Year() < 2140 }
		said := func(problem string) {
			if problem != "" && (len(problem) > 1000 || !utf8.ValidString(problem) || strings.ContainsFunc(problem, unicode.IsControl)) {
				t.Errorf("%q: bad words: %q", form, problem)
			}
		}
		if parsed, problem := when.ParseTime(form); problem != "" {
			said(problem)
			if !parsed.IsZero() {
				t.Errorf("ParseTime(%q) = %v and a problem", form, parsed)
			}
		} else {
			var at [4]time.Time
			for i, role := range roles {
				if at[i], problem = parsed.At(now, zone, role); problem != "" {
					said(problem)
				} else if !near(at[i]) {
					t.Errorf("%q as %s = %s", form, roleNames[i], at[i])
				}
			}
			if !at[1].IsZero() && at[1].Before(at[0]) || !at[2].IsZero() && at[3].Before(at[2]) {
				t.Errorf("%q ends before it begins: %v", form, at)
			}
		}
		if parsed, problem := when.ParsePeriod(form); problem != "" {
			said(problem)
		} else {
			for _, role := range []when.Role{when.Begin, when.Ahead} {
				since, until, problem := parsed.Range(now, zone, role)
				said(problem)
				if problem == "" && (until.Before(since) || !near(since) || !near(until)) {
					t.Errorf("ParsePeriod(%q) is from %s to %s", form, since, until)
				}
			}
		}
		_, problem := when.ParseZone(form)
		said(problem)
	})
}
