package pcl_test

import (
	"strings"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/pcl"
)

var event = map[string]any{
	"summary": "[PROD] Disk space low", "severity": "critical", "source": nil, "load": 7.5,
	"custom_details": map[string]any{
		"env": "test", "host-name": "db3", "system diagnosis": map[string]any{"issue": "Low disk"}, "count": 12,
		"quote": "the system's down", "lines": "one\ntwo",
	},
	"links": []any{map[string]any{"href": "https://diag.test/details"}},
}

// Each of these is PCL by PagerDuty's description of it.
func TestMatch(t *testing.T) {
	t.Parallel()
	monday := time.Date(2022, time.January, 3, 20, 0, 0, 0, time.UTC)
	for condition, want := range map[string]bool{
		"event.summary matches part 'prod'":                                                       true,
		"event.summary matches part exactly 'prod'":                                               false,
		"event.summary matches '[prod] disk space low'":                                           true,
		"event.summary matches exactly '[prod] disk space low'":                                   false,
		"event.summary matches regex 'disk.*low$'":                                                true,
		"event.summary matches regex exactly 'disk'":                                              false,
		"event.custom_details.lines matches regex '^two$'":                                        true,
		"event.custom_details.quote matches 'the system\\'s down'":                                true,
		"event.summary matches part 'disk' and event.severity matches 'critical'":                 true,
		"event.summary matches part 'x' and event.severity matches 'critical'":                    false,
		"event.summary matches part 'x' or event.severity matches 'critical'":                     true,
		"not event.summary matches part 'x'":                                                      true,
		"not event.missing exists and event.severity matches 'info'":                              false,
		"not (event.missing exists and event.severity matches 'info')":                            true,
		"event.load > 7 and not event.load < 6 or event.load == 2":                                true,
		"event.source exists":                                                                     true,
		"event.source matches 'x'":                                                                false,
		"event.missing exists":                                                                    false,
		"event.missing does not exist":                                                            true,
		"event.severity does not exist":                                                           false,
		"not event.missing > 2":                                                                   true,
		"event.custom_details.count >= 12":                                                        true,
		"event.custom_details.count matches '12'":                                                 true,
		"event.custom_details.count == '12'":                                                      false,
		"event.severity == 'critical'":                                                            true,
		"event.severity == 'Critical'":                                                            false,
		"event.custom_details['host-name'] matches regex 'db[0-9]+'":                              true,
		"event.custom_details['system diagnosis'].issue matches 'low disk'":                       true,
		"event.links[0].href matches part 'diag'":                                                 true,
		"event.links[1].href exists":                                                              false,
		"raw_event.links[0].href exists":                                                          false,
		"true":                                                                                    true,
		"(((event.summary matches part 'disk')))":                                                 true,
		"now > 2020-01-01 00:00:00 Etc/UTC":                                                       true,
		"now in Mon,Wed,Fri 01:00:00 to 15:00:00 America/Los_Angeles":                             true,
		"now in Mon,Wed,Fri 01:00:00 to 15:00:00 Etc/UTC":                                         false,
		"now in Sun 20:30:00 to 20:00:00 Etc/UTC":                                                 true,
		"now in Tue 20:30:00 to 20:00:00 Etc/UTC":                                                 false,
		"event.severity matches 'critical' and not (now in Sat,Sun 00:00:00 to 00:00:00 Etc/UTC)": true,
		"trigger_count over 1 hour 30 minutes > 3":                                                false,
		"resetting_trigger_count over 10 seconds >= 1":                                            true,
		"  event.summary\n  matches part 'disk'  ":                                                true,
	} {
		e, err := pcl.Parse(condition)
		if err != nil {
			t.Errorf("%s: %v", condition, err)
			continue
		}
		if got := e.Match(event, monday); got != want {
			t.Errorf("%s: %t, want %t", condition, got, want)
		}
	}
}

// The clock on a wall in New York repeats an hour in the night of 7 November.
func TestScheduleByWallClock(t *testing.T) {
	t.Parallel()
	e, err := pcl.Parse("now in Sun 01:30:00 to 03:15:00 America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for clock, want := range map[string]bool{"05:00": false, "05:30": true, "06:00": false, "06:15": false, "06:30": true, "08:00": true, "08:30": false} {
		at, _ := time.Parse("2006-01-02 15:04", "2021-11-07 "+clock)
		if got := e.Match(nil, at); got != want {
			t.Errorf("%s UTC: %t, want %t", clock, got, want)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for condition, want := range map[string]string{
		"":                            "empty",
		"   ":                         "empty",
		"database":                    "fields begin with event.",
		"summary matches part 'x'":    "fields begin with event.",
		"event.summary":               "a field alone is no condition",
		"event":                       "names no field",
		"event.summary contains 'x'":  `"contains": is not a comparison`,
		"event.summary equals 'x'":    `"equals": is not a comparison`,
		"event.summary matches":       "ends where a field or a value is missing",
		"event.summary matches x":     "fields begin with event.",
		"event.summary matches \"x\"": "at character 23: texts are quoted with '",
		"event.summary matches ‘x’":   "texts are quoted with '",
		"event.summary matches 'x":    "is not closed",
		"(event.summary matches 'x'":  "ends where ) is missing",
		"event.summary matches 'x')":  "what came before is a whole condition",
		"event.summary matches 'x' event.y exists":     "what came before is a whole condition",
		"event.summary matches 'x' AND event.y exists": "join conditions with and, or",
		"event.summary matches 'x' && event.y exists":  "joined with and, or, not",
		"event.summary = 'x'":                          "the comparisons are",
		"event.summary != 'x'":                         "the comparisons are",
		"event.summary does not match 'x'":             "not event.summary matches 'ok'",
		"event.summary matches regex '('":              "RE2",
		"event.summary matches regex '(?=x)'":          "RE2",
		"event.summary matches regex event.y":          "in quotes",
		"event.host-name exists":                       "in brackets",
		"event. exists":                                "is not a path",
		"'x' exists":                                   "only fields exist",
		"event.x in Mon 09:00:00 to 17:00:00 Etc/UTC":  "in is for times",
		"now in Mon-Fri 09:00:00 to 17:00:00 Etc/UTC":  "with commas and no spaces",
		"now in Mon 9:00 to 17:00:00 Etc/UTC":          "not a time of day",
		"now in Mon 09:00:00 to 17:00:00":              "time zone",
		"now in Mon 09:00:00 to 17:00:00 PST8":         "not a time zone",
		"trigger_count over > 3":                       "a duration is missing",
		"trigger_count over 5 fortnights > 3":          "a duration is of",
		"not":                                          "ends where",
		"event.x exists and":                           "ends where",
		"() and true":                                  "is missing before it",
		"12":                                           "no condition by itself",
		strings.Repeat("(", 5000):                      "too deeply",
		strings.Repeat("not ", 5000) + "true":          "too deeply",
	} {
		_, err := pcl.Parse(condition)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v, want an error with %q", condition, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("event.summary matches part 'prod' and not (event.x[0]['y'].z > -4.5e10) or now in Mon,Tue 09:00:00 to 17:00:00 Etc/UTC")
	f.Add("trigger_count over 1 minute > 3 and now > 2020-01-01 00:00:00 Etc/UTC")
	f.Fuzz(func(t *testing.T, condition string) {
		if e, err := pcl.Parse(condition); err == nil {
			e.Match(event, time.Unix(0, 0))
		} else if err.Error() == "" {
			t.Error("an error that says nothing")
		}
	})
}
