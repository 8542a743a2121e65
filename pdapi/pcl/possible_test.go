package pcl

import (
	"testing"
	"time"
)

// TestPossible: what the clock alone decides is certain, what events decide is not.
func TestPossible(t *testing.T) {
	t.Parallel()
	monday := time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)
	const day, night = "now in Mon,Tue 09:00:00 to 17:00:00 Etc/UTC", "now in Mon,Tue 22:00:00 to 06:00:00 Etc/UTC"
	for condition, want := range map[string]struct{ some, every bool }{
		day:                                 {true, true},
		night:                               {false, false},
		"not " + day:                        {false, false},
		"event.severity matches 'info'":     {true, false},
		"not event.severity matches 'info'": {true, false},
		"event.severity matches 'info' and " + day:                         {true, false},
		"event.severity matches 'info' and " + night:                       {false, false},
		"event.severity matches 'info' or " + day:                          {true, true},
		"not (event.severity matches 'info' and " + night + ")":            {true, true},
		"event.source exists":                                              {true, false},
		"event.source does not exist":                                      {true, false},
		"event.source matches regex 'a'":                                   {true, false},
		"trigger_count over 5 minutes > 3":                                 {true, false},
		"now > 2026-01-01 00:00:00 Etc/UTC":                                {true, true},
		"now > 2027-01-01 00:00:00 Etc/UTC":                                {false, false},
		"true":                                                             {true, true},
		"event.custom_details.n > 3 and now < 2026-01-01 00:00:00 Etc/UTC": {false, false},
	} {
		e, err := Parse(condition)
		if err != nil {
			t.Errorf("%s: %v", condition, err)
			continue
		}
		if some, every := e.Possible(monday); some != want.some || every != want.every {
			t.Errorf("%s: some %v, every %v; want %v", condition, some, every, want)
		}
	}
}
